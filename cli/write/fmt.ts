import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseTree, type ParseError } from 'jsonc-parser';
import { findFiles } from '../../authoring/find-files.js';
import { formatSource } from '../../authoring/format-source.js';
import { readSource } from '../../authoring/read-source.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { orProfiles, profilesFolder } from '../shared/repository.js';
import { problemLine } from '../../domain/problem.js';

export interface FmtOptions {
  /** Write nothing; name the files that are not formatted. */
  readonly check?: boolean;
}

/** Formats JSON files as VS Code does on save. A file that is not JSON is left as it is, and named. */
export async function fmt(
  paths: readonly string[],
  { check = false }: FmtOptions,
  io: Io,
): Promise<ExitCode> {
  const { files, problems } = await findFiles(orProfiles(paths, io), io.cwd, profilesFolder(io.cwd));
  for (const problem of problems) io.err(problemLine(problem));
  let findings = problems.length;
  for (const { file } of files) {
    const source = await readSource(file, io.cwd);
    if ('problem' in source) {
      io.err(problemLine(source.problem));
      findings += 1;
      continue;
    }
    const errors: ParseError[] = [];
    parseTree(source.text, errors, { allowTrailingComma: true });
    if (errors.length > 0) {
      io.err(`${file} is left as it is: it is not valid JSON (low-balance validate ${file} says where)`);
      findings += 1;
      continue;
    }
    const formatted = formatSource(source.text);
    if (formatted === source.text) continue;
    io.out(`${file}\n`);
    if (check) findings += 1;
    else await writeAsRead(path.resolve(io.cwd, file), source.text, formatted);
  }
  return findings > 0 ? exitCode.findings : exitCode.fine;
}

/** Nothing is lost of what somebody saved meanwhile. */
async function writeAsRead(absolute: string, read: string, formatted: string): Promise<void> {
  if ((await readFile(absolute, 'utf8')) === read) await writeFile(absolute, formatted);
}
