import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatSource } from '../../authoring/format-source.js';
import { validateFile } from '../../authoring/validate-file.js';
import { problemLine, type Problem } from '../../domain/problem.js';
import { CliError, exitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';

/** Writes a file that is not there yet. Throws a CliError where it is. */
export async function writeNew(file: string, value: object, io: Io): Promise<void> {
  const absolute = path.resolve(io.cwd, file);
  await mkdir(path.dirname(absolute), { recursive: true });
  try {
    await writeFile(absolute, formatSource(JSON.stringify(value, null, 2)), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CliError(`${file} is there already: nothing was overwritten`, exitCode.refused);
  }
}

/** The same, and answers warnings. Nothing is left where the file would not be valid: then a CliError names its problems. */
export async function writeNewValid(
  file: string,
  value: object,
  what: string,
  io: Io,
): Promise<readonly Problem[]> {
  await writeNew(file, value, io);
  const { problems } = await validateFile(file, io.cwd);
  if (!problems.some(({ severity }) => severity === 'error')) return problems;
  await rm(path.resolve(io.cwd, file));
  throw new CliError(
    [`${what} would not be valid:`, ...problems.map(problemLine)].join('\n'),
    exitCode.usage,
  );
}
