import { existsSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from './find-executable.js';
import type { Processes } from './processes.js';

export interface SdkDownload {
  /** Which of the SDK's servers. */
  readonly server: 'dev-server' | 'time-skipping';
  /** The executable to be made: `<folder>/<prefix>-v<version>`, as the SDK names it. */
  readonly target: string;
  readonly version: string;
  readonly env: Environment;
  readonly processes: Processes;
  /** How long until the download must have begun; default: 8,000. */
  readonly beginMs?: number;
  /** How long it may stand still once begun; default: 30,000. */
  readonly stallMs?: number;
}

/** Resolves to undefined once the target is there, else to the reason why it cannot be had. Never takes long without progress. */
export async function downloadWithSdk(download: SdkDownload): Promise<string | undefined> {
  const { server, target, version, env, processes, beginMs = 8_000, stallMs = 30_000 } = download;
  const logFile = `${target}.log`;
  const child = await processes.start({
    name: `Download of ${path.basename(target)}`,
    command: process.execPath,
    args: [
      path.join(import.meta.dirname, 'sdk-download-child.js'),
      server,
      `v${version}`,
      path.dirname(target),
    ],
    env,
    logFile,
    graceMs: 0,
  });

  // The SDK writes here from the moment the download has begun, and renames it when all is there.
  const partial = `${target}.downloading`;
  let size = -1;
  let deadline = Date.now() + beginMs;
  while (!existsSync(target) && !child.hasEnded && Date.now() < deadline) {
    const sizeNow = await stat(partial).then(
      (found) => found.size,
      () => -1,
    );
    if (sizeNow > size) deadline = Date.now() + stallMs;
    size = Math.max(size, sizeNow);
    await sleep(50);
  }
  const failed = child.hasEnded;
  await child.stop();
  await rm(partial, { force: true });
  const log = await readFile(logFile, 'utf8').catch(() => '');
  await rm(logFile, { force: true });
  if (existsSync(target)) return undefined;
  if (failed) return /failed to download [^:]*: [^(:]*/.exec(log)?.[0].trim() ?? 'it failed';
  return size < 0 ? `no answer within ${beginMs / 1000} s` : `it stood still for ${stallMs / 1000} s`;
}
