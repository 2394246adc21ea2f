import { commandLineOf, isRunning, parentsOfAll, signalProcess, waitUntilGone } from './process-groups.js';

/** Those of `pids` that run, and every process below them. */
export function treesOf(pids: readonly number[]): readonly number[] {
  const parents = parentsOfAll();
  const found = new Set(pids);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found].filter(isRunning);
}

/** Whether the process is a guard, which ends by itself after what it guards. */
export function isGuard(pid: number): boolean {
  return /[/\\]dev[/\\]guard\.js/.test(commandLineOf(pid) ?? '');
}

/** Asks processes and all below them to end, waits, and kills what is left. */
export async function endTrees(pids: readonly number[], graceMs: number): Promise<void> {
  const members = treesOf(pids).filter((pid) => !isGuard(pid));
  for (const pid of members) signalProcess(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  for (const pid of members) await waitUntilGone(pid, Math.max(0, deadline - Date.now()));
  for (const pid of members.filter(isRunning)) signalProcess(pid, 'SIGKILL');
  for (const pid of members) await waitUntilGone(pid, 5_000);
}
