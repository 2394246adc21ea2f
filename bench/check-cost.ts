import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerCommand } from '../dev/trial/worker-command.js';
import { isGiven } from './given.js';
import type { Series } from './measured.js';
import { cpuMsOf, descendantNamed } from './processes.js';

/** A process that a check costs. */
export interface CostingProcess {
  readonly name: 'the worker' | 'Temporal' | 'MySQL';
  readonly pid: number;
}

/** The worker, and the servers that this process started. */
export async function processesOf(worker: WorkerCommand): Promise<readonly CostingProcess[]> {
  return [
    { name: 'the worker', pid: worker.child.pid! },
    ...(isGiven.temporal ? [] : [{ name: 'Temporal' as const, pid: await descendantNamed(/^temporal/) }]),
    ...(isGiven.mysql ? [] : [{ name: 'MySQL' as const, pid: await descendantNamed(/^(mariadbd|mysqld)/) }]),
  ];
}

/** As in "CPU of the worker and MySQL". */
export function namesOf(processes: readonly CostingProcess[]): string {
  return processes.map(({ name }) => name).join(' and ');
}

/** The series of {@link costOfChecks} for a process. */
export function costName(name: CostingProcess['name']): string {
  return `a check, CPU of ${name}`;
}

/** Checks a second, and the CPU time that a check takes of each process, window by window. */
export async function costOfChecks(
  processes: readonly CostingProcess[],
  httpPort: number,
  { windows, windowMs }: { readonly windows: number; readonly windowMs: number },
): Promise<readonly Series[]> {
  const rates: number[] = [];
  const costs = processes.map((): number[] => []);
  for (let window = 0; window < windows; window += 1) {
    // What a scrape costs is not of the checks: it comes before the first reading, and after the last.
    const checksBefore = await checksOf(httpPort);
    const before = await Promise.all(processes.map(({ pid }) => cpuMsOf(pid)));
    await sleep(windowMs);
    const after = await Promise.all(processes.map(({ pid }) => cpuMsOf(pid)));
    const checks = (await checksOf(httpPort)) - checksBefore;
    rates.push(checks / (windowMs / 1_000));
    costs.forEach((rounds, i) => rounds.push((after[i]! - before[i]!) / checks));
  }
  return [
    { side: 'checks meanwhile', unit: 'checks/s', rounds: rates },
    ...processes.map(({ name }, i) => ({ side: costName(name), unit: 'ms', rounds: costs[i]! })),
  ];
}

/** How many checks the worker has done. */
export async function checksOf(httpPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  return Number(/^low_balance_checks_total\{result="checked"\} (\d+)/m.exec(text)?.[1] ?? 0);
}
