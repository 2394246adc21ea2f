/** What mocha loads first, in its main process and in each of the workers of a parallel run. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntilGone } from '../../dev/process-groups.js';
import { endTrees } from '../../dev/process-trees.js';
import { sharedProcesses } from '../../dev/processes.js';
import { sharedServers, shareServers } from '../../dev/trial/sharing.js';
import { tellGuard } from '../../dev/guard-client.js';
import { noteTime, slowestFiles } from './file-times.js';
import { guardChildren, runningChildren } from './guard-children.js';
import { enterFile, outliveLateErrors } from './late-errors.js';

/** Names the folder in which workers write down their guards and how long files took. */
const variable = 'TEST_RUN_FOLDER';
const patienceMs = 30_000;
const isWorker = process.env['MOCHA_WORKER_ID'] !== undefined;
let fileBegan = performance.now();

process.setSourceMapsEnabled(true);
guardChildren(isWorker ? process.env[variable] : undefined);
if (isWorker) outliveLateErrors();
shareServers();

/** Ends what a test file left: after each file in a worker, else after all files. Shared servers stay. */
export const mochaHooks = {
  beforeAll(): void {
    enterFile();
  },
  async afterAll(this: Mocha.Context): Promise<void> {
    await within(patienceMs, sharedProcesses().stop());
    const strays = [...runningChildren].filter((pid) => !sharedServers.pids().includes(pid));
    await endTrees(strays, 5_000);
    if (!isWorker) return;
    const { file } = this.test!.parent!.suites[0] ?? {};
    noteTime(process.env[variable]!, file ?? '', performance.now() - fileBegan);
    fileBegan = performance.now();
  },
};

export function mochaGlobalSetup(): void {
  // Until mocha says otherwise: a run that ends without its counts has failed.
  process.exitCode = 1;
  const folder = mkdtempSync(path.join(tmpdir(), 'low-balance-run-'));
  tellGuard({ do: 'watch-folder', folder });
  process.env[variable] = folder;
}

/** Returns when nothing of the run is left but this process, which mocha then ends whatever it waits for. */
export async function mochaGlobalTeardown(): Promise<void> {
  await within(patienceMs, sharedServers.stop());
  await endTrees([...runningChildren], 5_000);
  const folder = process.env[variable]!;
  // Workers are gone by now, and each guard ends after what it guards.
  const guards = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  for (const pid of guards) await waitUntilGone(Number(pid), patienceMs);
  if (process.env['TEST_TIMES']) process.stdout.write(`${slowestFiles(folder, process.cwd()).join('\n')}\n`);
  await rm(folder, { recursive: true, force: true });
}

/** Fails nothing: what does not stop is killed by the guard once this process is gone. */
async function within(ms: number, stopping: Promise<void>): Promise<void> {
  const late = new AbortController();
  await Promise.race([
    stopping.catch((error: unknown) => process.stderr.write(`${String(error)}\n`)),
    sleep(ms, undefined, { signal: late.signal }).catch(() => {}),
  ]);
  late.abort();
}
