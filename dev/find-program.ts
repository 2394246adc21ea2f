import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import type { Progress } from './progress.js';

/** The full path of a program on PATH (and where Debian keeps servers), or undefined. */
export function findProgram(names: readonly string[], path: string): string | undefined {
  const folders = [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin'].filter(
    (folder) => folder !== '',
  );
  for (const name of names) {
    for (const folder of folders) {
      const candidate = join(folder, name);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

/** Installs Debian packages where that is possible: as root, with apt-get. Answers whether it worked. */
export async function installWithApt(
  packages: readonly string[],
  path: string,
  progress: Progress,
): Promise<boolean> {
  const apt = findProgram(['apt-get'], path);
  if (!apt || process.getuid?.() !== 0) return false;
  progress(`installing ${packages.join(', ')} with apt-get`);
  const options = {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    reject: false,
    timeout: 600_000,
    stdin: 'ignore',
  } as const;
  const install = () => execa(apt, ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
  if ((await install()).exitCode === 0) return true;
  await execa(apt, ['update', '-qq'], options);
  return (await install()).exitCode === 0;
}
