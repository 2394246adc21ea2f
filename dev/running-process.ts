import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from './find-executable.js';
import { tellGuard } from './guard-client.js';
import { signalGroup } from './process-groups.js';

export interface StartOptions {
  /** What people call it, as in "MySQL". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  /** Gets standard output and error, and is overwritten. */
  readonly logFile: string;
  /** How long it may take to end by itself before it is killed; default: 10,000. */
  readonly graceMs?: number;
  /** Holds the pid while the process runs, so that a later run finds what a killed one left. */
  readonly pidFile?: string;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether it ended because it was asked to. */
  readonly expected: boolean;
}

export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  readonly hasEnded: boolean;
  /** Resolves when the process has ended, for whatever reason; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Ends the process and all of its group: asks first, kills after the grace time. Safe to repeat. */
  stop(): Promise<void>;
  /** Kills the process and all of its group at once. */
  kill(): void;
}

/** Starts a process that leads a group of its own and that the guard knows. Throws where it cannot be started. */
export async function startProcess(options: StartOptions): Promise<RunningProcess> {
  const { name, logFile, pidFile, graceMs = 10_000 } = options;
  const { child, pid } = await spawnLogged(options);
  tellGuard({ do: 'watch-group', pid, graceMs });
  if (pidFile !== undefined) writeFileSync(pidFile, String(pid), { mode: 0o600 });

  let expected = false;
  let hasEnded = false;
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      hasEnded = true;
      // What the leader left behind in its group ends with it.
      signalGroup(pid, 'SIGKILL');
      tellGuard({ do: 'forget-group', pid });
      if (pidFile !== undefined) rmSync(pidFile, { force: true });
      resolve({ code, signal, expected });
    });
  });

  return {
    name,
    pid,
    logFile,
    ended,
    get hasEnded() {
      return hasEnded;
    },
    async stop() {
      if (hasEnded) return;
      expected = true;
      signalGroup(pid, 'SIGTERM');
      const grace = new AbortController();
      await Promise.race([ended, sleep(graceMs, undefined, { signal: grace.signal }).catch(() => {})]);
      grace.abort();
      if (!hasEnded) signalGroup(pid, 'SIGKILL');
      await ended;
    },
    kill() {
      if (hasEnded) return;
      expected = true;
      signalGroup(pid, 'SIGKILL');
    },
  };
}

/** Resolves in the same turn of the event loop where it succeeds, so that no moment is left in which the guard knows nothing. */
async function spawnLogged(options: StartOptions): Promise<{ child: ChildProcess; pid: number }> {
  const log = openSync(options.logFile, 'w', 0o600);
  const child = spawn(options.command, options.args, {
    detached: true,
    env: options.env,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid !== undefined) return { child, pid };
  const [error] = (await once(child, 'error')) as unknown[];
  throw error;
}
