import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import Table from 'cli-table3';
import { execa } from 'execa';
import { packageRoot } from '../authoring/package-root.js';
import { byPeriodAlone } from './by-period-alone.js';
import { checkRate, noticeRate } from './check-rate.js';
import { cold } from './cold.js';
import { fleet, growth, type MeasuredFleet } from './fleet.js';
import { history } from './history.js';
import { lookCost } from './look-cost.js';
import { lookWakes } from './look-wakes.js';
import { looks } from './looks.js';
import { describeMachine } from './machine.js';
import { median, missed, type Measured } from './measured.js';
import { memory } from './memory.js';
import { plan } from './plan.js';
import { replays } from './replays.js';
import { sql } from './sql.js';
import { sideBySide } from './side-by-side.js';
import { startRate } from './start-rate.js';
import { startUp } from './start-up.js';
import { views } from './views.js';

// `npm run bench [-- --full] [-- NAME…]`: tables on standard output, JSON in bench/results/. Exit 1 where a limit is missed.

const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const benches: Readonly<Record<string, () => Promise<readonly Measured[]>>> = {
  'start-up': async () => [await startUp()],
  plan: async () => [await plan(1_000, 100_000)],
  sql: async () => [await sql(100_000)],
  views: () => views(100_000),
  looks: async () => {
    const clients = values.full ? 100_000 : 10_000;
    return [
      await lookCost([10_000, 100_000], values.full ? 9 : 3),
      await looks({ clients, fallsAMinute: 100, minutes: values.full ? 3 : 1 }),
      await lookWakes(values.full ? 10_000 : 1_000),
      await byPeriodAlone(values.full ? 2_000 : 500, 100_000, values.full ? 3 : 1),
    ];
  },
  history: async () => [await history()],
  'check-rate': async () => [
    await checkRate({
      clients: 800,
      rounds: values.full ? 9 : 5,
      seconds: values.full ? 20 : 10,
      warmUpSeconds: 20,
    }),
  ],
  'notice-rate': async () => [
    await noticeRate({ clients: 800, rounds: values.full ? 9 : 5, seconds: 30, warmUpSeconds: 20 }),
  ],
  'side-by-side': () => sideBySide({ clients: 200, rounds: 5, seconds: 45, warmUpSeconds: 60 }),
  cold: async () => [
    await cold(values.full ? { lengths: [5, 10, 30], rounds: 3 } : { lengths: [10], rounds: 1 }),
  ],
  memory: async () => [await memory(values.full ? 5 : 3)],
  replays: async () => [await replays(values.full ? 15 : 7)],
  'start-rate': async () => [await startRate(values.full ? 3_000 : 1_000, values.full ? 5 : 3)],
  fleet: async () => {
    const sizes = values.full ? [1_000, 10_000, 1_000, 100_000, 1_000] : [1_000, 10_000, 1_000];
    const fleets: MeasuredFleet[] = [];
    for (const clients of sizes) {
      const measured = await fleet(clients);
      fleets.push({ clients, measured });
      process.stderr.write(`${clients}: ${JSON.stringify(measured)}\n`);
    }
    return [...fleets.map(({ measured }) => measured), growth(fleets)];
  },
};
const names = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = names.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined)
  throw new Error(`no bench "${unknown}". Expected ${Object.keys(benches).join(', ')}`);
const [only] = names;
if (names.length === 1) await measure(only!);
else await measureApart(names);

/** Each in a process of its own, so that none finds what another left in memory. */
async function measureApart(all: readonly string[]): Promise<void> {
  for (const name of all) {
    const args = [fileURLToPath(import.meta.url), name, ...(values.full ? ['--full'] : [])];
    const { exitCode } = await execa(process.execPath, args, { stdio: 'inherit', reject: false });
    if (exitCode !== 0) process.exitCode = 1;
  }
}

async function measure(name: string): Promise<void> {
  // The SDK tells of each worker that starts and stops: between the tables nobody wants it.
  // An interrupted bench ends, as any program does: the SDK would only stop its workers.
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  const measured = await benches[name]!();
  for (const each of measured) show(each);
  await keep(name, measured);
  const wrong = measured.flatMap(missed);
  for (const each of wrong) process.stderr.write(`missed: ${each}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

function show({ bench, how, series, ratios, figures }: Measured): void {
  process.stdout.write(`\n${bench}: ${how}\n`);
  const table = new Table({ head: ['What', 'Median', 'Rounds'], style: { head: [], border: [] } });
  for (const { side, unit, rounds } of series)
    table.push([side, `${short(median(rounds))} ${unit}`, rounds.map(short).join(' ')]);
  for (const { of, to, median, spread, atLeast, worstAtLeast, atMost } of ratios) {
    const limit =
      atLeast !== undefined
        ? ` (at least ${atLeast}${worstAtLeast === undefined ? '' : `, each ${worstAtLeast}`})`
        : atMost !== undefined
          ? ` (at most ${atMost})`
          : '';
    table.push([
      `${of} / ${to}`,
      `${median.toFixed(2)}${limit}`,
      spread.map((each) => each.toFixed(2)).join(' … '),
    ]);
  }
  for (const { name, value, unit, below } of figures)
    table.push([name, `${value.toFixed(2)} ${unit}`, below === undefined ? '' : `below ${below}`]);
  process.stdout.write(`${table.toString()}\n`);
}

function short(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

async function keep(name: string, measured: readonly Measured[]): Promise<void> {
  const folder = path.join(packageRoot(), 'bench', 'results');
  await mkdir(folder, { recursive: true });
  const machine = await describeMachine();
  const result = { at: new Date().toISOString(), full: values.full, machine, measured };
  // A short run never takes the place of a long one.
  const file = `${name}${values.full ? '-full' : ''}.json`;
  await writeFile(path.join(folder, file), `${JSON.stringify(result, null, 2)}\n`);
}
