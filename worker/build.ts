import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { promisify } from 'node:util';

const compiled = fileURLToPath(new URL('../', import.meta.url));
const buildFile = path.join(compiled, 'build-id');

/** The build id that `npm run build` wrote; undefined where it was not made in a Git checkout. */
export async function readBuildId(): Promise<string | undefined> {
  try {
    return (await readFile(buildFile, 'utf8')).trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes down which commit was built, for Temporal's worker versioning. Of a checkout with edits, the workflows' code is
 * named too: two builds that behave differently must not share an id.
 */
export async function writeBuildId(bundle: string): Promise<void> {
  const commit = await git('rev-parse', '--short=12', 'HEAD');
  const edits = commit === undefined ? undefined : await git('status', '--porcelain', '--untracked-files=no');
  const id =
    commit === undefined
      ? ''
      : edits === ''
        ? commit
        : `${commit}-edited-${createHash('sha256').update(bundle).digest('hex').slice(0, 8)}`;
  await writeFile(buildFile, id);
}

async function git(...args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', [...args], { cwd: compiled, timeout: 10_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
