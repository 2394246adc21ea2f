import { readdir, readFile } from 'node:fs/promises';

// What Linux says of the processes that the bench started.

/** Clock ticks a second; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** The process of that name that this one started, or one of those it started. Throws where there is not exactly one. */
export async function descendantNamed(name: RegExp): Promise<number> {
  const found = await descendantsNamed(name, process.pid);
  if (found.length !== 1) throw new Error(`expected one process named ${name.source}, found ${found.length}`);
  return found[0]!;
}

/** The processes of that name that `root` started, or one of those it started. */
export async function descendantsNamed(name: RegExp, root: number): Promise<readonly number[]> {
  const parents = new Map<number, { parent: number; command: string }>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await statOf(Number(entry)).catch(() => undefined);
    if (stat) parents.set(Number(entry), { parent: Number(stat.fields[1]), command: stat.command });
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && (parent === root || isOurs(parent));
  };
  return [...parents].filter(([pid, { command }]) => name.test(command) && isOurs(pid)).map(([pid]) => pid);
}

/** CPU time so far, in milliseconds. */
export async function cpuMsOf(pid: number): Promise<number> {
  const { fields } = await statOf(pid);
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000;
}

/** Memory in RAM, in bytes. */
export async function rssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1_024;
}

/** The command, which may hold spaces and brackets, and what follows it: state, parent, … */
async function statOf(pid: number): Promise<{ command: string; fields: readonly string[] }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const end = stat.lastIndexOf(')');
  return { command: stat.slice(stat.indexOf('(') + 1, end), fields: stat.slice(end + 2).split(' ') };
}
