import { stackStopping } from './errors.js';
import { handleExitSignals, type ExitSignal } from './exit-signals.js';
import { silentProgress, type Progress } from './progress.js';
import { startProcess, type RunningProcess, type StartOptions } from './running-process.js';

/**
 * What this process started, as a stack. It is taken down in reverse order by `stop()`, SIGINT, SIGTERM and SIGHUP; a second
 * signal kills at once. Each child leads its own process group, and a guard process ends the groups where this process dies
 * without having done so: by an uncaught error, process.exit or kill −9.
 */
export interface Processes {
  /** Throws `stack-stopping` while everything is being stopped. */
  start(options: StartOptions): Promise<RunningProcess>;
  /** Puts something else on the stack that must end in its turn, as a worker. Returns how to take it off. */
  onStop(name: string, stop: () => Promise<void>): () => void;
  /** Of what was started here and runs. */
  pids(): readonly number[];
  /** Takes everything down. Throws an AggregateError of what could not be stopped, after trying all. */
  stop(): Promise<void>;
}

export interface ProcessesOptions {
  readonly progress?: Progress;
  /** The exit status after a signal has taken everything down; default: 128 + the signal's number. */
  readonly exitCodeAfter?: (signal: ExitSignal) => number;
}

interface Entry {
  readonly name: string;
  readonly pid?: number;
  readonly stop: () => Promise<void>;
  readonly kill: () => void;
}

export function createProcesses(options: ProcessesOptions = {}): Processes {
  const progress = options.progress ?? silentProgress;
  const stack: Entry[] = [];
  let stopping: Promise<void> | undefined;
  let letGoOfSignals: (() => void) | undefined;

  function push(entry: Entry): void {
    stack.push(entry);
    letGoOfSignals ??= handleExitSignals({
      progress,
      stop,
      killNow: () => stack.forEach((each) => each.kill()),
      exitCodeAfter: options.exitCodeAfter,
    });
  }

  function takeOff(entry: Entry): void {
    const index = stack.indexOf(entry);
    if (index !== -1) stack.splice(index, 1);
    // While everything is being stopped, the handlers stay: a second Ctrl-C must find them.
    if (stack.length === 0 && stopping === undefined) forgetSignals();
  }

  function forgetSignals(): void {
    letGoOfSignals?.();
    letGoOfSignals = undefined;
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
      forgetSignals();
    });
    await stopping;
  }

  return {
    async start(startOptions) {
      if (stopping !== undefined) throw stackStopping(startOptions.name);
      const running = await startProcess(startOptions);
      push(running);
      void running.ended.then(() => takeOff(running));
      return running;
    },
    onStop(name, stopIt) {
      const entry = { name, stop: stopIt, kill: () => {} };
      push(entry);
      return () => takeOff(entry);
    },
    pids: () => stack.flatMap(({ pid }) => pid ?? []),
    stop,
  };
}

let shared: Processes | undefined;

/** The stack of those who bring none of their own; one for the whole process. */
export function sharedProcesses(): Processes {
  shared ??= createProcesses();
  return shared;
}
