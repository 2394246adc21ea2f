import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { NotifyInput } from '../../activities/contract.js';
import type { StopAt, WorkerTask } from './notify-child.js';
import { startWorker } from './worker-process.js';

/** What a case has to do with. */
export interface FaultWorld {
  readonly database: DataSource;
  readonly mysqlUrl: string;
  readonly mailboxUrl: string;
  readonly inputs: readonly NotifyInput[];
  /** The mailbox fails so for each of the case's clients. */
  fail(fault: object): Promise<void>;
  /** Until each of the faults met its mail. */
  failed(): Promise<void>;
}

export interface FaultCase {
  readonly name: string;
  readonly rules: readonly ('user' | 'client')[];
  /** Copies beyond the first, for each client. */
  readonly secondCopies: 0 | 1;
  /** Lets the fault happen; afterwards another worker takes over. */
  happen(world: FaultWorld): Promise<void>;
}

const both = ['user', 'client'] as const;
const client = ['client'] as const;

/** Every way in which a worker, the provider or the database goes away while a notice is sent. */
export const faultCases: readonly FaultCase[] = [
  {
    name: 'worker killed before the call',
    rules: both,
    secondCopies: 0,
    happen: (world) => killAt(world, 'before-call'),
  },
  {
    name: 'worker killed during the call, the provider then refuses (503)',
    rules: client,
    secondCopies: 0,
    happen: (world) => killDuring(world, { status: 503 }),
  },
  {
    name: 'worker killed during the call, the provider then accepts',
    rules: client,
    secondCopies: 1,
    happen: (world) => killDuring(world, {}),
  },
  {
    name: 'worker killed after the call, before the record',
    rules: both,
    secondCopies: 1,
    happen: (world) => killAt(world, 'after-call'),
  },
  {
    name: 'connection cut before the provider accepted',
    rules: client,
    secondCopies: 0,
    happen: (world) => world.fail({ cut: 'before-accept' }),
  },
  {
    name: 'connection cut after the provider accepted',
    rules: client,
    secondCopies: 1,
    happen: (world) => world.fail({ cut: 'after-accept' }),
  },
  {
    name: 'no answer in time (10 s), the provider then accepts',
    rules: client,
    secondCopies: 1,
    happen: (world) => world.fail({ delayMs: 11_000 }),
  },
  {
    name: 'provider answers 500',
    rules: client,
    secondCopies: 0,
    happen: (world) => world.fail({ status: 500 }),
  },
  {
    name: 'provider answers 429 for 2 s',
    rules: client,
    secondCopies: 0,
    happen: (world) => world.fail({ status: 429, headers: { 'Retry-After': '2' } }),
  },
  {
    name: 'provider refuses the key (401), then takes it again',
    rules: client,
    secondCopies: 0,
    happen: (world) => world.fail({ status: 401 }),
  },
  {
    name: 'MySQL connections cut between acceptance and record',
    rules: both,
    secondCopies: 0,
    async happen(world) {
      const worker = startWorker(taskOf(world, 'after-call'));
      await worker.stopped();
      await cutConnections(world.database);
      worker.goOn();
      await worker.ended();
    },
  },
  {
    name: 'three workers with the same notices at once',
    rules: both,
    secondCopies: 0,
    async happen(world) {
      const workers = [1, 2, 3].map(() => startWorker(taskOf(world)));
      await Promise.all(workers.map((worker) => worker.ended()));
    },
  },
];

function taskOf({ mysqlUrl, mailboxUrl, inputs }: FaultWorld, stopAt?: StopAt): WorkerTask {
  return { mysqlUrl, mailboxUrl, inputs, ...(stopAt === undefined ? {} : { stopAt }) };
}

/** The worker that takes over; it ends when everything is settled. */
export async function takeOver(world: FaultWorld): Promise<void> {
  await startWorker(taskOf(world)).ended();
}

async function killAt(world: FaultWorld, stopAt: StopAt): Promise<void> {
  const worker = startWorker(taskOf(world, stopAt));
  await worker.stopped();
  await worker.kill();
}

async function killDuring(world: FaultWorld, then: object): Promise<void> {
  const delayMs = 2_000;
  await world.fail({ ...then, delayMs });
  const worker = startWorker(taskOf(world));
  await world.failed();
  await worker.kill();
  await sleep(delayMs);
}

/** Every connection but our own, as a restart of the server or of a proxy would. */
async function cutConnections(database: DataSource): Promise<void> {
  const rows = await database.query<{ id: string }[]>(
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND DB = DATABASE()',
  );
  const kills = await Promise.allSettled(
    rows.map(({ id }) => database.query(`KILL CONNECTION ${Number(id)}`)),
  );
  const cut = kills.filter(({ status }) => status === 'fulfilled').length;
  assert.ok(cut >= 5, `only ${cut} connections could be cut`);
}
