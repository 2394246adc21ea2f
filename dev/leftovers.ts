import { readFile, rm } from 'node:fs/promises';
import { commandLineOf, endGroup, isRunning } from './process-groups.js';
import type { Progress } from './progress.js';

export interface Leftover {
  /** What people call it, as in "MySQL". */
  readonly name: string;
  /** Where its pid was written when it started. */
  readonly pidFile: string;
  /** What its command line must contain, lest a stranger with the same pid is ended. */
  readonly mark: string;
  readonly progress: Progress;
}

/** Ends what a killed run left running, and waits for it: two servers on the same files would destroy them. */
export async function endLeftover(leftover: Leftover): Promise<void> {
  const { name, pidFile, mark, progress } = leftover;
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => '0'));
  if (Number.isInteger(pid) && pid > 1 && isRunning(pid) && commandLineOf(pid)?.includes(mark) === true) {
    progress.step(`${name}: ending process ${pid}, left by an earlier run that was killed`);
    await endGroup(pid, 10_000);
  }
  await rm(pidFile, { force: true });
}
