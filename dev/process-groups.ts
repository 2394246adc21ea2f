import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** The fields of Linux's `/proc/<pid>/stat` after the command's name, or undefined where there is none. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Whether a process runs. One that ended and waits to be reaped, as in containers without an init, does not. */
export function isRunning(pid: number): boolean {
  return send(pid, 0) && statFields(pid)?.[0] !== 'Z';
}

/** Tells a process from a later one with the same pid; undefined where the system has no such mark. */
export function startMark(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** Each process of this machine and its parent. */
export function parentsOfAll(): ReadonlyMap<number, number> {
  const pairs = existsSync('/proc/self/stat')
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => [Number(pid), Number(statFields(Number(pid))?.[1])] as const)
    : execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  return new Map(pairs);
}

/** The command line of a process, its words separated by spaces; undefined where it cannot be read. */
export function commandLineOf(pid: number): string | undefined {
  try {
    if (existsSync('/proc/self'))
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** Signals every process of the group that `leader` leads; false where the group has nobody left. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  return send(-leader, signal);
}

/** Signals one process; false where it is gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  return send(pid, signal);
}

/** Resolves to true once the process is gone, or to false after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() >= deadline) return false;
    await sleep(25);
  }
  return true;
}

/** Asks a group to end, waits, and kills what is left of it. */
export async function endGroup(leader: number, graceMs: number): Promise<void> {
  if (signalGroup(leader, 'SIGTERM')) await waitUntilGone(leader, graceMs);
  signalGroup(leader, 'SIGKILL');
  await waitUntilGone(leader, 5_000);
}
