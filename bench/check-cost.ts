import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerCommand } from '../dev/trial/worker-command.js';
import type { Series } from './measured.js';
import { cpuMsOf, descendantNamed } from './processes.js';

/** The processes that a check costs, by process id. */
export interface Processes {
  readonly worker: number;
  readonly temporal: number;
  readonly mysql: number;
}

/** Of a worker and the servers that this process started. */
export async function processesOf(worker: WorkerCommand): Promise<Processes> {
  return {
    worker: worker.child.pid!,
    temporal: await descendantNamed(/^temporal/),
    mysql: await descendantNamed(/^(mariadbd|mysqld)/),
  };
}

export const costNames = [
  'a check, CPU of the worker',
  'a check, CPU of Temporal',
  'a check, CPU of MySQL',
] as const;

/** Checks a second, and the CPU time that a check takes of each process, window by window. */
export async function costOfChecks(
  { worker, temporal, mysql }: Processes,
  httpPort: number,
  { windows, windowMs }: { readonly windows: number; readonly windowMs: number },
): Promise<readonly Series[]> {
  const rates: number[] = [];
  const costs: [number[], number[], number[]] = [[], [], []];
  for (let window = 0; window < windows; window += 1) {
    // What a scrape costs is not of the checks: it comes before the first reading, and after the last.
    const checksBefore = await checksOf(httpPort);
    const before = await Promise.all([worker, temporal, mysql].map(cpuMsOf));
    await sleep(windowMs);
    const after = await Promise.all([worker, temporal, mysql].map(cpuMsOf));
    const checks = (await checksOf(httpPort)) - checksBefore;
    rates.push(checks / (windowMs / 1_000));
    costs.forEach((rounds, i) => rounds.push((after[i]! - before[i]!) / checks));
  }
  return [
    { side: 'checks meanwhile', unit: 'checks/s', rounds: rates },
    ...costs.map((rounds, i) => ({ side: costNames[i]!, unit: 'ms', rounds })),
  ];
}

/** How many checks the worker has done. */
async function checksOf(httpPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  return Number(/^low_balance_checks_total\{result="checked"\} (\d+)/m.exec(text)?.[1] ?? 0);
}
