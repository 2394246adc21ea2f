import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { layOutDataFolder } from './data-folder.js';

/** Where the parts of a running local stack are. */
export interface StackAddresses {
  /** The process that holds the stack. */
  readonly pid: number;
  /** A secret: holds the private server's password. */
  readonly mysqlUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly temporalUiUrl?: string;
  readonly temporalHttpUrl?: string;
  readonly mailboxUrl: string;
  readonly mailboxApiUrl: string;
}

function stackFile(dataFolder?: string): string {
  return path.join(layOutDataFolder(dataFolder).root, 'stack.json');
}

/** Lets other commands find the stack while it is up. Readable by the owner only. */
export async function announceStack(addresses: StackAddresses, dataFolder?: string): Promise<void> {
  await writeFile(stackFile(dataFolder), JSON.stringify(addresses, null, 2), { mode: 0o600 });
}

/** Takes the announcement back, where it is this process's own. */
export async function withdrawStack(dataFolder?: string): Promise<void> {
  if (read(dataFolder)?.pid === process.pid) await rm(stackFile(dataFolder), { force: true });
}

/** The local stack that runs now; undefined where none does. */
export function runningStack(dataFolder?: string): StackAddresses | undefined {
  const addresses = read(dataFolder);
  return addresses !== undefined && isAlive(addresses.pid) ? addresses : undefined;
}

function read(dataFolder: string | undefined): StackAddresses | undefined {
  try {
    return JSON.parse(readFileSync(stackFile(dataFolder), 'utf8')) as StackAddresses;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
