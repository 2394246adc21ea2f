import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { openDataFolder } from '../../dev/data-folder.js';
import { defects, foundOf, plant, roundsOf, type Defect } from './defects.js';

// Does chaos find what it is for? Plants defects into a copy of the built product, those of one round together, and lets
// `npm run chaos` judge it: `npm run chaos:planted [-- TEXT…]`, all defects or those whose name has one of the texts.
// A defect is found where the model says what it is to say of this one. `--alone` plants one after the other; `--skip-control` does not
// judge the product as it is.
// Exit 1 where the product as it is has a violation, or a planted defect was not found.

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    alone: { type: 'boolean', default: false },
    'skip-control': { type: 'boolean', default: false },
  },
});
const chosen = defects.filter(
  ({ name }) => positionals.length === 0 || positionals.some((text) => name.includes(text)),
);
if (chosen.length === 0)
  throw new Error(
    `no defect has ${positionals.join(' or ')} in its name. Expected some of:\n${defects.map(({ name }) => name).join('\n')}`,
  );
// Few faults and a long calm, in which the model is strict; a look may be late for 45 s after a worker was killed. Of fewer clients each
// is refilled too often to reach Max Qty, or to be low until a look.
const story = ['--seed', '7', '--clients', '120', '--faults', '5', '--calm', '100'];

/** So that an interrupted run leaves no copy behind. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

const root = packageRoot();
const copy = await mkdtemp(path.join(tmpdir(), 'low-balance-planted-'));
try {
  await copyProduct();
  const table = new Table({ head: ['Defect', 'Violations', 'The first'], style: { head: [], border: [] } });
  let right = true;
  if (!values['skip-control']) {
    const asItIs = await judged();
    table.push(['none', asItIs.length, asItIs[0] ?? '']);
    process.stderr.write(`none: ${asItIs.length} violations, ${asItIs[0] ?? ''}\n`);
    right = asItIs.length === 0;
  }
  for (const round of values.alone ? chosen.map((defect) => [defect]) : roundsOf(chosen)) {
    const violations = await withDefects(round, judged);
    for (const defect of round) {
      const found = foundOf(defect, violations);
      const { name, unseen } = defect;
      table.push([name, found.length, found[0] ?? unseen ?? 'NOT FOUND']);
      if (found.length === 0 && unseen === undefined) right = false;
      process.stderr.write(
        `${name}: ${found.length} of ${violations.length} violations, ${found[0] ?? ''}\n`,
      );
    }
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

/** Two of them may be in one file. */
async function withDefects<Result>(
  [defect, ...others]: readonly Defect[],
  work: () => Promise<Result>,
): Promise<Result> {
  if (!defect) return await work();
  const file = path.join(copy, 'dist', defect.file);
  const text = await readFile(file, 'utf8');
  await writeFile(file, plant(defect, text));
  try {
    return await withDefects(others, work);
  } finally {
    await writeFile(file, text);
  }
}

/** What the model says of the copy. */
async function judged(): Promise<readonly string[]> {
  // Workflows run from a bundle.
  const inCopy = { cwd: copy, cancelSignal: interrupted.signal };
  await execa(process.execPath, ['dist/worker/build-bundle.js'], inCopy);
  const list = path.join(copy, 'violations.txt');
  await rm(list, { force: true });
  const chaos = ['dist/bench/chaos/main.js', ...story, '--violations', list];
  const { stderr } = await execa(process.execPath, chaos, { ...inCopy, reject: false });
  interrupted.signal.throwIfAborted();
  const violations = await readFile(list, 'utf8').catch(() => {
    throw new Error(`chaos came to no verdict: ${stderr.slice(-2_000)}`);
  });
  return violations.split('\n').filter((text) => text !== '');
}
