import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { openDataFolder } from '../../dev/data-folder.js';
import { defects, plant, type Defect } from './defects.js';

// Does chaos find what it is for? Plants one defect after the other into a copy of the built product, and lets
// `npm run chaos` judge it: `npm run chaos:planted [-- TEXT…]`, all defects or those whose name has one of the texts.
// Exit 1 where the product as it is has a violation, or a planted defect was not found.

const { positionals } = parseArgs({ allowPositionals: true });
const chosen = defects.filter(
  ({ name }) => positionals.length === 0 || positionals.some((text) => name.includes(text)),
);
if (chosen.length === 0)
  throw new Error(
    `no defect has ${positionals.join(' or ')} in its name. Expected some of:\n${defects.map(({ name }) => name).join('\n')}`,
  );
const story = ['--seed', '7', '--clients', '40', '--faults', '40'];

/** So that an interrupted run leaves no copy behind. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

const root = packageRoot();
const copy = await mkdtemp(path.join(tmpdir(), 'low-balance-planted-'));
try {
  await copyProduct();
  const table = new Table({ head: ['Defect', 'Violations', 'The first'], style: { head: [], border: [] } });
  const asItIs = await judged();
  table.push(['none', asItIs.violations, asItIs.first]);
  process.stderr.write(`none: ${asItIs.violations} violations, ${asItIs.first}\n`);
  let right = asItIs.violations === 0;
  for (const defect of chosen) {
    const { violations, first } = await withDefect(defect, () => judged(defect.run));
    table.push([defect.name, violations, violations === 0 ? (defect.unseen ?? 'NOT FOUND') : first]);
    if (violations === 0 && defect.unseen === undefined) right = false;
    process.stderr.write(`${defect.name}: ${violations} violations, ${first}\n`);
  }
  process.stdout.write(`${table.toString()}\n`);
  if (!right) process.exitCode = 1;
} finally {
  await rm(copy, { recursive: true, force: true });
}

/** All but what is installed or kept there, which both use. */
async function copyProduct(): Promise<void> {
  const shared = ['node_modules', '.low-balance'];
  await openDataFolder();
  await cp(root, copy, {
    recursive: true,
    filter: (source) => ![...shared, '.git'].includes(path.relative(root, source)),
  });
  for (const name of shared) await symlink(path.join(root, name), path.join(copy, name));
}

async function withDefect<Result>(defect: Defect, work: () => Promise<Result>): Promise<Result> {
  const file = path.join(copy, 'dist', defect.file);
  const text = await readFile(file, 'utf8');
  await writeFile(file, plant(defect, text));
  try {
    return await work();
  } finally {
    await writeFile(file, text);
  }
}

async function judged(more: readonly string[] = []): Promise<{ violations: number; first: string }> {
  // Workflows run from a bundle.
  const inCopy = { cwd: copy, cancelSignal: interrupted.signal };
  await execa(process.execPath, ['dist/worker/build-bundle.js'], inCopy);
  const chaos = ['dist/bench/chaos/main.js', ...story, ...more];
  const { stdout, stderr, exitCode } = await execa(process.execPath, chaos, { ...inCopy, reject: false });
  interrupted.signal.throwIfAborted();
  if (exitCode === 0) return { violations: 0, first: '' };
  const found = /^(\d+) violations, the first: (.*)$/m.exec(stdout);
  if (!found) throw new Error(`chaos came to no verdict: ${stderr.slice(-2_000)}`);
  return { violations: Number(found[1]), first: found[2]! };
}
