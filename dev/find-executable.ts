import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** The environment to look things up in; children get it too. Callers pass their process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where servers lie on Linux and on macOS although a user's PATH often lacks the folder. */
const serverFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/opt/homebrew/bin'];

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** The absolute path of the first of `names` on PATH, or undefined. */
export async function findExecutable(
  names: readonly string[],
  env: Environment,
  moreFolders: readonly string[] = [],
): Promise<string | undefined> {
  const folders = [...(env['PATH'] ?? '').split(path.delimiter), ...moreFolders].filter((folder) =>
    path.isAbsolute(folder),
  );
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
}

/** As `findExecutable`, looking also where servers are installed outside PATH. */
export async function findServerExecutable(
  names: readonly string[],
  env: Environment,
  moreFolders: readonly string[] = [],
): Promise<string | undefined> {
  return await findExecutable(names, env, [...serverFolders, ...moreFolders]);
}
