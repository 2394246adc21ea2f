import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { drive } from './drive.js';
import { factsOf } from './evidence.js';
import { keepRun, readRun, type Run } from './kept-run.js';
import { eventsBetween } from './model/histories.js';
import { violationsOfBrake } from './model/judge-brake.js';
import { violationsOf } from './model/model.js';
import { emptyTally, type Tally, type Violation } from './model/verdict.js';
import { createRandom } from './random.js';
import { kindsOf, reportOf, textOf } from './report.js';
import { startServers, type Servers } from './servers.js';

// Random refills, charges, edits and faults on the real stack; then a model of its own judges every check and notice:
// `npm run chaos -- --seed 1 --clients 200 --faults 500`. Exit 1 with the first violation and the seed.
// `--hours 8` in place of `--faults` is a soak: eight compressed hours, a minute each, in which faults are rarer.
// `--calm SECONDS`: how long the calm after the storm is at least.
// `--violations FILE`: where all of them are written, one a line; the command's output has the first ones.
// `--keep FILE` keeps what a run is judged by, `--judge FILE` judges it again.

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '200' },
    faults: { type: 'string' },
    hours: { type: 'string' },
    calm: { type: 'string', default: '20' },
    keep: { type: 'string' },
    judge: { type: 'string' },
    violations: { type: 'string' },
  },
});
const begun = performance.now();
const tally = emptyTally();
const violations = values.judge === undefined ? await runOf(values) : judge(await readRun(values.judge));
if (values.violations !== undefined) await writeFile(values.violations, violations.map(textOf).join('\n'));
if (violations.length > 0) {
  process.stdout.write(`${violations.length} violations, the first: ${textOf(violations[0]!)}\n`);
  if (values.judge === undefined)
    process.stdout.write(`Again with: npm run chaos -- ${argumentsOf(values).join(' ')}\n`);
  for (const violation of violations.slice(1, 20)) process.stderr.write(`${textOf(violation)}\n`);
  for (const [kind, count] of kindsOf(violations)) process.stderr.write(`${count} × ${kind}\n`);
  process.exitCode = 1;
}

/** The run as a line of the command. */
function argumentsOf({ seed, clients, faults = '500', hours, calm }: typeof values): readonly string[] {
  const length = hours === undefined ? ['--faults', faults] : ['--hours', hours];
  return ['--seed', seed, '--clients', clients, ...length, ...(calm === '20' ? [] : ['--calm', calm])];
}

async function runOf(options: typeof values): Promise<readonly Violation[]> {
  const [seed, clients, faults] = [options.seed, options.clients, options.faults ?? 500].map(Number);
  const hours = options.hours === undefined ? undefined : Number(options.hours);
  if (![seed, clients, faults].every(Number.isSafeInteger) || (hours !== undefined && !(hours > 0)))
    throw new Error('--seed, --clients, --faults and --hours: expected numbers');
  if (options.faults !== undefined && hours !== undefined)
    throw new Error('expected --faults or --hours, not both');
  process.stderr.write(`chaos: ${argumentsOf(options).join(' ')}\n`);
  const calmMs = Number(options.calm) * 1_000;
  if (!Number.isSafeInteger(calmMs)) throw new Error('--calm: expected seconds');
  const length = hours === undefined ? { faults: faults! } : { hours };
  const servers = await startServers();
  try {
    const random = createRandom(seed!);
    const { truth, endMeasuring } = await drive(servers, { clients: clients!, length, calmMs, random });
    const facts = await factsOf(servers, [...truth.profilesOf.keys()]);
    await endMeasuring();
    const run: Run = { truth, facts, receiverProblems: servers.receiver.problems };
    if (options.keep !== undefined) await keepRun(options.keep, run);
    const found = judge(run);
    await showHistories(servers, tally, found);
    return found;
  } finally {
    await servers.stop();
  }
}

function judge({ truth, facts, receiverProblems }: Run): readonly Violation[] {
  const found: Violation[] = [];
  for (const each of facts) {
    const { clientId, stuck } = each;
    if (stuck) found.push({ clientId, at: Date.now(), what: 'its workflow task is stuck' });
    found.push(...violationsOf(each, truth, tally));
  }
  found.push(...violationsOfBrake(truth, facts));
  for (const what of receiverProblems) found.push({ clientId: 'a webhook', at: Date.now(), what });
  process.stdout.write(`${reportOf(truth, tally, found.length, performance.now() - begun)}\n`);
  return found;
}

/** Shows clients' events beside the verdict. */
async function showHistories(
  servers: Servers,
  { longestGap: { ms, clientId, until } }: Tally,
  [first]: readonly Violation[],
): Promise<void> {
  const show = async (why: string, of: string, from: number, to: number) => {
    const lines = await eventsBetween(servers.client(), of, from, to);
    process.stderr.write(`${why}:\n${lines.join('\n')}\n`);
  };
  await show('the longest time between two checks', clientId, until - ms - 1_000, until + 1_000);
  if (first) await show(textOf(first), first.clientId, first.at - 30_000, first.at + 1_000);
}
