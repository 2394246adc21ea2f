import path from 'node:path';
import { loadProfiles, type LoadedProfile } from '../../authoring/load-profiles.js';
import { CliError, exitCode } from './exit-code.js';
import type { Io } from './io.js';

/**
 * The profile that a verb is to try: by id `<reseller>/<slug>` in the folder, or by the path of its file. Throws a CliError
 * that names its problems, or the profiles there are.
 */
export async function profileToTry(named: string, folder: string, io: Io): Promise<LoadedProfile> {
  const isFile = named.endsWith('.json');
  const absolute = path.resolve(io.cwd, named);
  const root = isFile ? path.dirname(path.dirname(absolute)) : path.resolve(io.cwd, folder);
  const { profiles, problems } = await loadProfiles(path.relative(io.cwd, root) || '.', io.cwd);
  const found = profiles.find(({ id, file }) =>
    isFile ? path.resolve(io.cwd, file) === absolute : id === named,
  );
  if (found) return found;
  const wanted = isFile ? absolute : path.join(root, `${named}.json`);
  const own = problems.filter(({ file }) => path.resolve(io.cwd, file) === wanted);
  if (own.length > 0) {
    const lines = own.map(
      ({ file, line, column, severity, code, message }) =>
        `${file}:${line}:${column}: ${severity} ${code}: ${message}`,
    );
    throw new CliError(lines.join('\n'), exitCode.findings);
  }
  const known = profiles.map(({ id }) => id).join(', ') || 'none';
  throw new CliError(
    `there is no profile "${named}"; ${path.relative(io.cwd, root) || '.'} has: ${known}`,
    exitCode.usage,
  );
}
