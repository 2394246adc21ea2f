import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalStackError } from './errors.js';
import { handleExitSignals, type ExitSignal } from './exit-signals.js';
import type { Environment } from './find-executable.js';
import { tellGuard } from './guard-client.js';
import { signalGroup } from './process-groups.js';
import { silentProgress, type Progress } from './progress.js';

export interface StartOptions {
  /** What people call it, as in "MySQL". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  /** Gets standard output and error, and is overwritten. */
  readonly logFile: string;
  /** How long it may take to end by itself before it is killed; 10,000 when unsaid. */
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
}

/**
 * What this process started, as a stack. It is taken down in reverse order by `stop()`, SIGINT, SIGTERM and SIGHUP; a second
 * signal kills at once. Each child leads its own process group, and a guard process ends the groups where this process dies
 * without having done so: by an uncaught error, process.exit or kill −9.
 */
export interface Processes {
  start(options: StartOptions): Promise<RunningProcess>;
  /** Puts something else on the stack that must end in its turn, as a worker. Returns how to take it off. */
  onStop(name: string, stop: () => Promise<void>): () => void;
  /** Takes everything down. Throws an AggregateError of what could not be stopped, after trying all. */
  stop(): Promise<void>;
}

export interface ProcessesOptions {
  readonly progress?: Progress;
  /** The exit status after a signal has taken everything down; 128 + the signal's number when unsaid. */
  readonly exitCodeAfter?: (signal: ExitSignal) => number;
}

interface Entry {
  readonly name: string;
  readonly stop: () => Promise<void>;
  readonly killNow: () => void;
}

export function createProcesses(options: ProcessesOptions = {}): Processes {
  const progress = options.progress ?? silentProgress;
  const stack: Entry[] = [];
  let stopping: Promise<void> | undefined;
  let forgetSignals: (() => void) | undefined;

  function push(entry: Entry): () => void {
    stack.push(entry);
    forgetSignals ??= handleExitSignals({
      progress,
      stop,
      killNow: () => stack.forEach((each) => each.killNow()),
      exitCodeAfter: options.exitCodeAfter,
    });
    return () => takeOff(entry);
  }

  function takeOff(entry: Entry): void {
    const index = stack.indexOf(entry);
    if (index !== -1) stack.splice(index, 1);
    // While everything is being stopped, the handlers stay: a second Ctrl-C must find them.
    if (stack.length === 0 && stopping === undefined) letGoOfSignals();
  }

  function letGoOfSignals(): void {
    forgetSignals?.();
    forgetSignals = undefined;
  }

  async function stopAll(): Promise<void> {
    const failures: unknown[] = [];
    // An entry stays on the stack until it has stopped: a second signal must find it there.
    for (let entry = stack.at(-1); entry !== undefined; entry = stack.at(-1)) {
      progress.step(`${entry.name}: stopping`);
      await entry.stop().catch((error: unknown) => failures.push(error));
      takeOff(entry);
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be stopped');
  }

  async function stop(): Promise<void> {
    stopping ??= stopAll().finally(() => {
      stopping = undefined;
      letGoOfSignals();
    });
    await stopping;
  }

  return {
    async start(startOptions) {
      if (stopping !== undefined) throw stackStopping(startOptions.name);
      return await startProcess(startOptions, push);
    },
    onStop(name, stopIt) {
      return push({ name, stop: stopIt, killNow: () => {} });
    },
    stop,
  };
}

let shared: Processes | undefined;

/** The stack of those who bring none of their own; one for the whole process. */
export function sharedProcesses(): Processes {
  shared ??= createProcesses();
  return shared;
}

async function startProcess(
  options: StartOptions,
  push: (entry: Entry) => () => void,
): Promise<RunningProcess> {
  const { name, logFile, pidFile, graceMs = 10_000 } = options;
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(options.command, options.args, {
    detached: true,
    env: options.env,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) {
    const [error] = (await once(child, 'error')) as unknown[];
    throw error;
  }
  tellGuard({ do: 'watch-group', pid, graceMs });
  if (pidFile !== undefined) writeFileSync(pidFile, String(pid), { mode: 0o600 });

  let expected = false;
  let hasEnded = false;
  const stopIt = async () => {
    expected = true;
    signalGroup(pid, 'SIGTERM');
    const grace = new AbortController();
    await Promise.race([ended, sleep(graceMs, undefined, { signal: grace.signal }).catch(() => {})]);
    grace.abort();
    signalGroup(pid, 'SIGKILL');
    await ended;
  };
  const killNow = () => {
    expected = true;
    signalGroup(pid, 'SIGKILL');
  };
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      hasEnded = true;
      // What the leader left behind in its group ends with it.
      signalGroup(pid, 'SIGKILL');
      tellGuard({ do: 'forget-group', pid });
      if (pidFile !== undefined) rmSync(pidFile, { force: true });
      takeOff();
      resolve({ code, signal, expected });
    });
  });
  const takeOff = push({ name, stop: stopIt, killNow });
  return {
    name,
    pid,
    logFile,
    ended,
    get hasEnded() {
      return hasEnded;
    },
    stop: stopIt,
  };
}

function stackStopping(name: string): LocalStackError {
  return new LocalStackError({
    code: 'stack-stopping',
    found: `${name} was to start while everything is being stopped`,
    expected: 'a stack that is not stopping',
    advice: 'Start again when it has stopped.',
  });
}
