import { randomUUID } from 'node:crypto';
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LocalStackError } from './errors.js';
import { isRunning, startMark } from './process-groups.js';

interface Ticket {
  readonly pid: number;
  /** Tells the holder from a later process with its pid, where the system can. */
  readonly startMark?: string | undefined;
  /** ISO 8601. */
  readonly since: string;
}

export interface FolderLock {
  /** Lets the folder go; safe to repeat. */
  release(): Promise<void>;
}

/**
 * Takes `folder` for this process. Throws `data-folder-in-use`, naming the holder's pid, also where this process itself holds it.
 *
 * - Each process lays down a ticket of its own before it looks for those of others, so of two at least one sees the other.
 *   Both may, and are both refused; never do both get the folder.
 * - Nobody removes the ticket of a living process but itself. Those of the dead are removed by whoever finds them.
 */
export async function lockFolder(folder: string, purpose: string): Promise<FolderLock> {
  const own = path.join(folder, `lock-${randomUUID()}.json`);
  const release = () => rm(own, { force: true });
  await layDown(own);
  try {
    const other = await findLivingHolder(folder, own);
    if (other !== undefined) throw folderInUse(folder, purpose, other);
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** Under another name first, so that nobody reads half a ticket. */
async function layDown(file: string): Promise<void> {
  const { pid } = process;
  const ticket = { pid, startMark: startMark(pid), since: new Date().toISOString() } satisfies Ticket;
  const unfinished = `${file}.unfinished`;
  await writeFile(unfinished, JSON.stringify(ticket), { mode: 0o600 });
  await rename(unfinished, file);
}

async function findLivingHolder(folder: string, own: string): Promise<Ticket | undefined> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (!/^lock-.*\.json$/.test(name) || file === own) continue;
    const ticket = await readTicket(file);
    if (ticket !== undefined && isAlive(ticket)) return ticket;
    await rm(file, { force: true });
  }
  return undefined;
}

async function readTicket(file: string): Promise<Ticket | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Ticket;
  } catch {
    return undefined;
  }
}

function isAlive(ticket: Ticket): boolean {
  if (!isRunning(ticket.pid)) return false;
  return ticket.startMark === undefined || ticket.startMark === startMark(ticket.pid);
}

function folderInUse(folder: string, purpose: string, holder: Ticket): LocalStackError {
  return new LocalStackError({
    code: 'data-folder-in-use',
    found: `${folder} is in use by process ${holder.pid} since ${holder.since}`,
    expected: `a folder of its own for ${purpose}`,
    advice: `Stop that process (kill ${holder.pid}), or choose another data folder.`,
  });
}
