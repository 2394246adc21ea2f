import { setTimeout as sleep } from 'node:timers/promises';
import { reconcileNow } from '../../worker/setup.js';
import { Faults } from './faults.js';
import { noteLateness } from './lateness.js';
import { probeMachine } from './machine-probe.js';
import { HoldNotices } from './hold-notices.js';
import { Life } from './life.js';
import { ProfileEdits } from './profile-edits.js';
import type { Random } from './random.js';
import type { Servers } from './servers.js';
import { tolerant } from './tolerant.js';
import { emptyTruth, type Truth } from './model/truth.js';

export interface DriveOptions {
  readonly clients: number;
  readonly length: RunLength;
  /** The calm after the storm, in which servers and workers are well, lasts at least so long, milliseconds. */
  readonly calmMs: number;
  readonly random: Random;
}

/** A storm of so many faults, or a soak of so many compressed hours, in which faults are rarer. */
export type RunLength = { readonly faults: number } | { readonly hours: number };

/** A Period of a day lasts some seconds in a run, and so an hour of a soak a minute. */
const compressedHourMs = 60_000;

/** What failed until the last fault is tried again within a minute; then every client is checked once more. */
const settledWithinMs = 120_000;
/** Sending hours open once in so long a part of the calm. */
const openEveryMs = 75_000;
/** A larger run has a longer calm: for each fault of its storm. */
const calmMsOfFault = 120;

export interface Driven {
  readonly truth: Truth;
  /** Clients are checked on while their histories are read: the machine is measured until then. */
  readonly endMeasuring: () => Promise<void>;
}

/** Lets random things happen to clients, profiles and servers, and answers what was. */
export async function drive(
  servers: Servers,
  { clients, length, calmMs, random }: DriveOptions,
): Promise<Driven> {
  const truth = emptyTruth();
  const ids = Array.from({ length: clients }, (_, i) => `C-${String(i).padStart(4, '0')}`);
  const profiles = new ProfileEdits(servers, truth, random);
  const life = new Life(servers, truth, ids, profiles, random);
  const faults = new Faults(servers, truth, ids, random);
  const endLateness = noteLateness(truth);
  const endProbe = probeMachine(truth);
  await life.prepare();
  await faults.startWorkers();
  await reconcileNow(servers.client());
  await untilAllWatched(servers, clients);
  const holding = new HoldNotices(servers, truth, profiles, random);
  const living = Promise.all([life.live(), holding.live()]);
  await storm(faults, length, random);
  await faults.untilAllGoOn();
  truth.stormEndedAt = Date.now();
  process.stderr.write('the storm is over\n');
  await untilAllChecked(servers);
  // Life goes on, and only the mail provider and the receiver of webhooks fail: the model is strict now.
  truth.calmFrom = Date.now();
  const calmUntil = truth.calmFrom + Math.max(calmMs, (await faults.countHits()) * calmMsOfFault);
  let openAt = truth.calmFrom;
  for (let done = 0; Date.now() < calmUntil; done += 1) {
    if (done % 10 === 0) await faults.countHits();
    if (Date.now() >= openAt) {
      openAt = Date.now() + openEveryMs;
      await tolerant(() => profiles.openSoon());
    }
    await faults.channelFault();
    await sleep(random.between(100, 500));
  }
  life.end();
  holding.end();
  await living;
  await faults.forgetWaitingFaults();
  await life.sendDelayedRefills();
  await untilAllChecked(servers);
  faults.end();
  return {
    truth,
    async endMeasuring() {
      endLateness();
      await endProbe();
    },
  };
}

/** Faults of all kinds, until so many hit somebody or the time is over. */
async function storm(faults: Faults, length: RunLength, random: Random): Promise<void> {
  const soaks = 'hours' in length;
  const wanted = soaks ? Number.POSITIVE_INFINITY : length.faults;
  const until = soaks ? Date.now() + length.hours * compressedHourMs : Number.POSITIVE_INFINITY;
  let hits = 0;
  for (let done = 0; hits < wanted && Date.now() < until; done += 1) {
    await faults.injectOne(done);
    if (done % 10 === 0) hits = await faults.countHits();
    if (done % 50 === 0) process.stderr.write(`${hits}${soaks ? '' : ` of ${wanted}`} faults\n`);
    await sleep(soaks ? random.between(200, 2_000) : random.between(20, 180));
  }
}

/** Every client was checked since, or is watched no more. What is not by then, the model finds. */
async function untilAllChecked(servers: Servers): Promise<void> {
  const since = Date.now() + 2_000;
  while (Date.now() < since + settledWithinMs) {
    const [row] = await servers
      .database()
      .query<{ n: string }[]>(
        'SELECT COUNT(*) AS n FROM low_balance_watched_client WHERE ended_at IS NULL AND seen_at < ?',
        [since],
      );
    if (Number(row?.n) === 0) return;
    await sleep(500);
  }
}

async function untilAllWatched(servers: Servers, clients: number): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const [row] = await servers
      .database()
      .query<{ n: string }[]>(
        "SELECT COUNT(*) AS n FROM low_balance_watched_client WHERE state <> 'starting'",
      );
    if (Number(row?.n) === clients) return;
    if (Date.now() > until) throw new Error(`only ${row?.n} of ${clients} clients are watched`);
    await sleep(200);
  }
}
