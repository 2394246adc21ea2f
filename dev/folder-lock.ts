import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LocalStackError } from './errors.js';
import { isRunning, startMark } from './process-groups.js';

interface LockHolder {
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
 * Takes `folder` for this process, by a file that names it. A lock whose holder is dead is taken over.
 * Throws `data-folder-in-use`, naming the holder's pid; also where this process itself holds it.
 */
export async function lockFolder(folder: string, purpose: string): Promise<FolderLock> {
  const lockFile = path.join(folder, 'lock.json');
  const ticket = `${lockFile}.${randomUUID()}`;
  const self: LockHolder = {
    pid: process.pid,
    startMark: startMark(process.pid),
    since: new Date().toISOString(),
  };
  await writeFile(ticket, JSON.stringify(self), { mode: 0o600 });
  try {
    while (!(await linked(ticket, lockFile))) {
      const holder = await readHolder(lockFile);
      if (holder !== undefined && isAlive(holder)) throw folderInUse(folder, purpose, holder);
      await discard(lockFile);
    }
  } finally {
    await rm(ticket, { force: true });
  }
  return {
    async release() {
      const holder = await readHolder(lockFile);
      if (holder?.pid === self.pid && holder.since === self.since) await rm(lockFile, { force: true });
    },
  };
}

/** A hard link comes into being whole or not at all, which a file being written does not. */
async function linked(ticket: string, lockFile: string): Promise<boolean> {
  try {
    await link(ticket, lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(lockFile: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(lockFile, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: LockHolder): boolean {
  if (!isRunning(holder.pid)) return false;
  return holder.startMark === undefined || holder.startMark === startMark(holder.pid);
}

/** Renames before it removes, so that of two who find the same stale lock only one removes it. */
async function discard(lockFile: string): Promise<void> {
  const stale = `${lockFile}.${randomUUID()}`;
  try {
    await rename(lockFile, stale);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rm(stale, { force: true });
}

function folderInUse(folder: string, purpose: string, holder: LockHolder): LocalStackError {
  return new LocalStackError({
    code: 'data-folder-in-use',
    found: `${folder} is in use by process ${holder.pid} since ${holder.since}`,
    expected: `a folder of its own for ${purpose}`,
    advice: `Stop that process (kill ${holder.pid}), or choose another data folder.`,
  });
}
