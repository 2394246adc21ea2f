import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import Table from 'cli-table3';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchWorkflowId } from '../../worker/parts.js';
import { statusQuery } from '../../workflows/messages.js';
import { drive } from './drive.js';
import { arrivalsOf, noticesOf } from './evidence.js';
import { eventsBetween, stepsOf, type Step } from './model/histories.js';
import { violationsOfBrake } from './model/judge-brake.js';
import { violationsOf } from './model/model.js';
import { createRandom } from './random.js';
import { startServers, type Servers } from './servers.js';
import type { Truth } from './model/truth.js';
import { emptyTally, instant, type Tally, type Violation } from './model/verdict.js';

// Random refills, charges, edits and faults on the real stack; then a model of its own judges every check and notice:
// `npm run chaos -- --seed 1 --clients 200 --faults 500`. Exit 1 with the first violation and the seed.

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '200' },
    faults: { type: 'string', default: '500' },
  },
});
const [seed, clients, faults] = [values.seed, values.clients, values.faults].map(Number) as [
  number,
  number,
  number,
];
if (![seed, clients, faults].every(Number.isSafeInteger))
  throw new Error('--seed, --clients and --faults: expected whole numbers');
process.stderr.write(`chaos: seed ${seed}, ${clients} clients, ${faults} faults\n`);
const begun = performance.now();
const servers = await startServers();
let violations: readonly Violation[];
try {
  const truth = await drive(servers, { clients, faults, random: createRandom(seed) });
  violations = await judge(servers, truth);
} finally {
  await servers.stop();
}
if (violations.length > 0) {
  process.stdout.write(
    `${violations.length} violations, the first: ${textOf(violations[0]!)}\nAgain with: npm run chaos -- --seed ${seed} --clients ${clients} --faults ${faults}\n`,
  );
  for (const violation of violations.slice(1, 20)) process.stderr.write(`${textOf(violation)}\n`);
  process.exitCode = 1;
}

async function judge(running: Servers, truth: Truth): Promise<readonly Violation[]> {
  const client = running.client();
  const tally = emptyTally();
  const found: Violation[] = [];
  const stepsOfAll = new Map<string, readonly Step[]>();
  for (const clientId of truth.profileOf.keys()) {
    const handle = client.workflow.getHandle(watchWorkflowId(clientId));
    const { raw, status } = await handle.describe();
    let counts: Record<string, number> | undefined;
    if (status.name === 'RUNNING') {
      // What is on its way settles first, so that counters can be compared.
      let now = await handle.query(statusQuery);
      for (let tries = 0; now.telling && tries < 60; tries += 1) {
        await sleep(200);
        now = await handle.query(statusQuery);
      }
      counts = Object.fromEntries(Object.entries(now.rules).map(([rule, { count }]) => [rule, count]));
      if ((raw.pendingWorkflowTask?.attempt ?? 0) > 3)
        found.push({ clientId, at: Date.now(), what: 'its workflow task is stuck' });
    }
    const steps = await stepsOf(client, clientId);
    stepsOfAll.set(clientId, steps);
    const arrivals = arrivalsOf(running, clientId);
    const notices = await noticesOf(running.database(), clientId);
    found.push(...violationsOf({ clientId, steps, arrivals, notices, counts }, truth, tally));
  }
  found.push(...violationsOfBrake(truth, stepsOfAll));
  for (const what of running.receiver.problems) found.push({ clientId: '', at: Date.now(), what });
  report(truth, tally, found.length);
  const { ms, clientId, until } = tally.longestGap;
  await tell(client, 'the longest time between two checks', clientId, until - ms - 1_000, until + 1_000);
  const [first] = found;
  if (first?.clientId) await tell(client, textOf(first), first.clientId, first.at - 30_000, first.at + 1_000);
  return found;
}

/** Shows a client's events, beside the verdict. */
async function tell(
  client: Client,
  why: string,
  clientId: string,
  from: number,
  until: number,
): Promise<void> {
  const lines = await eventsBetween(client, clientId, from, until);
  process.stderr.write(`${why}:\n${lines.join('\n')}\n`);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function textOf({ clientId, at, what }: Violation): string {
  return `${clientId} at ${instant(at)}: ${what}`;
}

function report(truth: Truth, tally: Tally, violationCount: number): void {
  const kinds = new Map<string, number>();
  for (const { kind } of truth.faults) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const refills = [...truth.refills.values()].flat().length;
  const table = new Table({ head: ['What', 'Count'], style: { head: [], border: [] } });
  const rows: readonly (readonly [string, number | string])[] = [
    ['clients', truth.profileOf.size],
    ['refills', refills],
    ['profile versions', [...truth.profiles.values()].reduce((sum, versions) => sum + versions.size, 0)],
    ['faults', truth.faults.length],
    ...[...kinds].map(([kind, count]) => [`  ${kind}`, count] as const),
    ['times the mail provider was late by itself', truth.lateness.length],
    [
      'the CPU was wanted and not given',
      `${(sumOf(truth.starved.map(({ ms }) => ms)) / 1_000).toFixed(1)} s`,
    ],
    ['checks judged', tally.checks],
    ['decisions judged', tally.decisions],
    ...[...tally.reasons].map(([reason, count]) => [`  ${reason}`, count] as const),
    ['times somebody held notices by hand', truth.holds.length],
    ['times the brake was on', truth.brakes.length],
    ['sending checks by looks, judged for being prompt', tally.prompt],
    ['notices handed over', tally.notices],
    ['notices whose recipients were judged', tally.addressed],
    ['  rules accepted', tally.accepted],
    ['  rules given up: refilled, edited or suspended meanwhile', tally.overtaken],
    ['  rules given up: faults until the next check', tally.late],
    ['second copies after a lost answer', tally.copies],
    ['arrived unheard, then withdrawn', tally.unheard],
    [
      'longest time between two checks of a client',
      `${(tally.longestGap.ms / 1_000).toFixed(1)} s (${tally.longestGap.clientId}, until ${new Date(tally.longestGap.until).toISOString()})`,
    ],
    ['violations', violationCount],
    ['took', `${((performance.now() - begun) / 1_000).toFixed(0)} s`],
  ];
  for (const row of rows) table.push([...row]);
  process.stdout.write(`${table.toString()}\n`);
}
