import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { benchMysql, benchTemporal, isGiven } from './given.js';
import { ratioOf, type Measured, type Ratio, type Series } from './measured.js';
import { cpuMsOf, descendantsNamed } from './processes.js';
import { rateSides, type RateSideName } from './rate-sides.js';

export interface SideBySideOptions {
  /** Workflows of each side. */
  readonly clients: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/**
 * What a check of `watchClient` costs against a bare loop that runs beside it: CPU of all processes of each side, its worker, its Temporal
 * and its MySQL. Both are measured in the same seconds, so that a machine that is slower a minute later is so for both; as many checks
 * as a core can do in a second are its inverse.
 */
export async function sideBySide(options: SideBySideOptions): Promise<readonly Measured[]> {
  return [
    await compare(
      'CPU of a quiet check',
      ['quiet', 'bareLocal'],
      { atLeast: 0.95, worstAtLeast: 0.9 },
      options,
    ),
    await compare('CPU of a check with a notice', ['notifying', 'bareNotice'], { atLeast: 0.8 }, options),
  ];
}

async function compare(
  bench: string,
  names: readonly [RateSideName, RateSideName],
  limits: Pick<Ratio, 'atLeast' | 'worstAtLeast'>,
  { clients, rounds, seconds, warmUpSeconds }: SideBySideOptions,
): Promise<Measured> {
  const sides: RunningSide[] = [];
  const found: [number[], number[]] = [[], []];
  try {
    for (const name of names) sides.push(await startSide(name, clients));
    await sleep(warmUpSeconds * 1_000);
    for (let round = 0; round < rounds; round += 1) {
      const before = await Promise.all(sides.map(read));
      await sleep(seconds * 1_000);
      const after = await Promise.all(sides.map(read));
      found.forEach((costs, i) =>
        costs.push((after[i]!.cpuMs - before[i]!.cpuMs) / (after[i]!.done - before[i]!.done)),
      );
      process.stderr.write(
        `${bench}, round ${round + 1}: ${found.map((costs) => costs.at(-1)!.toFixed(2)).join(' and ')} ms\n`,
      );
    }
  } finally {
    for (const side of sides) await side.stop();
  }
  const [ours, bare] = names.map((name, i): Series => ({
    side: rateSides[name].title,
    unit: 'ms',
    rounds: found[i]!,
  }));
  return {
    bench,
    how: `${clients} workflows a side with a Period of ${rateSides[names[0]].periodMs / 1_000} s, both sides at once, each a worker with ${benchTemporal} and ${benchMysql}${notCounted}; ${rounds} rounds of ${seconds} s after ${warmUpSeconds} s of warming up`,
    series: [ours!, bare!],
    ratios: [{ ...ratioOf(bare!, ours!), ...limits }],
    figures: [],
  };
}

interface RunningSide {
  /** How many checks it has done so far. */
  done(): Promise<number>;
  /** Of all its processes so far. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

async function read(side: RunningSide): Promise<{ readonly done: number; readonly cpuMs: number }> {
  const [done, cpuMs] = await Promise.all([side.done(), side.cpuMs()]);
  return { done, cpuMs };
}

const notCounted = isGiven.mysql || isGiven.temporal ? '; of what was given, no CPU is counted' : '';
const servers = /^(temporal|mariadbd|mysqld)/;

async function startSide(name: RateSideName, clients: number): Promise<RunningSide> {
  const child = fork(fileURLToPath(new URL('./rate-side-child.js', import.meta.url)), [
    name,
    String(clients),
  ]);
  const ended = once(child, 'exit');
  const failed = ended.then(([code]) => Promise.reject(new Error(`the side ${name} ended with ${code}`)));
  failed.catch(() => {});
  const received = async (): Promise<number> => {
    const message = once(child, 'message') as Promise<[{ readonly done: number }]>;
    const [{ done }] = await Promise.race([message, failed]);
    return done;
  };
  await received();
  const pids = [child.pid!, ...(await descendantsNamed(servers, child.pid!))];
  return {
    async done() {
      child.send('done');
      return await received();
    },
    cpuMs: async () => (await Promise.all(pids.map(cpuMsOf))).reduce((sum, each) => sum + each, 0),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.disconnect();
      await ended;
    },
  };
}
