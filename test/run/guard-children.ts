import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { tellGuard } from '../../dev/guard-client.js';

const guardProgram = path.join('dev', 'guard.js');

/** Children of this process that run, by whatever means they were started. */
export const runningChildren = new Set<number>();

/**
 * Tells the guard of every child that this process starts, so that none outlives it, however it ends. Where `guards` is a
 * folder, a file there is named after the pid of each guard.
 */
export function guardChildren(guards: string | undefined): void {
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    child.once('spawn', () => {
      const { pid } = child;
      if (pid === undefined) return;
      if (child.spawnargs.some((arg) => arg.endsWith(guardProgram))) {
        if (guards !== undefined) writeFileSync(path.join(guards, String(pid)), '');
        return;
      }
      runningChildren.add(pid);
      tellGuard({ do: 'watch-child', pid });
      child.once('exit', () => {
        runningChildren.delete(pid);
        tellGuard({ do: 'forget-child', pid });
      });
    });
  });
}
