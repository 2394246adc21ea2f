import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { packageRoot } from '../authoring/package-root.js';
import { checkRate } from './check-rate.js';
import { fleet, growth } from './fleet.js';
import { history } from './history.js';
import { median, missed, type Measured } from './measured.js';
import { sql } from './sql.js';
import { startUp } from './start-up.js';

// `npm run bench [-- --full] [-- NAME…]`: tables on standard output, JSON in bench/results/. Exit 1 where a limit is missed.

const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const benches: Readonly<Record<string, () => Promise<readonly Measured[]>>> = {
  'start-up': async () => [await startUp()],
  sql: async () => [await sql(100_000)],
  history: async () => [await history()],
  'check-rate': () =>
    checkRate({ clients: 800, rounds: values.full ? 7 : 3, seconds: values.full ? 20 : 10 }),
  fleet: async () => {
    const sizes = values.full ? [1_000, 10_000, 100_000] : [1_000, 10_000];
    const all: [number, Measured][] = [];
    for (const size of sizes) {
      const measured = await fleet(size);
      all.push([size, measured]);
      process.stderr.write(`${size}: ${JSON.stringify(measured.figures)}\n`);
    }
    return [...all.map(([, measured]) => measured), growth(all)];
  },
};
const names = positionals.length > 0 ? positionals : Object.keys(benches);
for (const name of names) {
  const bench = benches[name];
  if (!bench) throw new Error(`no bench "${name}". Expected ${Object.keys(benches).join(', ')}`);
  const measured = await bench();
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
  for (const { of, to, median, spread, atLeast } of ratios) {
    const limit = atLeast === undefined ? '' : ` (at least ${atLeast})`;
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
  const machine = {
    cpus: os.cpus().length,
    model: os.cpus()[0]?.model,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    system: `${os.type()} ${os.release()}`,
  };
  const result = { at: new Date().toISOString(), full: values.full, machine, measured };
  await writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
