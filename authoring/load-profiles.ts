import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { glob } from 'tinyglobby';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem } from '../domain/problem.js';
import type { ProfileFile } from '../domain/profile-file.js';

/** A profile that was read from its file and is valid. */
export interface LoadedProfile {
  /** `<reseller>/<slug>` */
  readonly id: string;
  /** Relative to the working directory. */
  readonly file: string;
  readonly content: ProfileFile;
  /** The text of the file. */
  readonly source: string;
}

export interface LoadedProfiles {
  /** By id; those with an error are not among them. */
  readonly profiles: readonly LoadedProfile[];
  readonly problems: readonly Problem[];
}

/** Every profile of a folder, and every problem of its files. */
export async function loadProfiles(folder: string, cwd: string): Promise<LoadedProfiles> {
  const root = path.resolve(cwd, folder);
  const files = await glob('*/*.json', { cwd: root, ignore: ['**/*.test.json'], absolute: true });
  const loaded = await Promise.all(files.sort().map((file) => loadProfile(root, file, cwd)));
  return {
    profiles: loaded.flatMap(({ profile }) => profile ?? []),
    problems: loaded.flatMap(({ problems }) => problems),
  };
}

interface Loaded {
  readonly profile?: LoadedProfile;
  readonly problems: readonly Problem[];
}

async function loadProfile(root: string, absolute: string, cwd: string): Promise<Loaded> {
  const file = path.relative(cwd, absolute);
  const source = await readFile(absolute, 'utf8');
  const errors: ParseError[] = [];
  const content = parse(source, errors, { allowTrailingComma: true }) as ProfileFile;
  const document = TextDocument.create(file, 'jsonc', 1, source);
  const problems = errors.map(({ error, offset }): Problem => {
    const { line, character } = document.positionAt(offset);
    const message = printParseErrorCode(error);
    return { file, line: line + 1, column: character + 1, severity: 'error', code: 'syntax', message };
  });
  if (problems.length > 0) return { problems };
  const id = path
    .relative(root, absolute)
    .replaceAll(path.sep, '/')
    .replace(/\.json$/, '');
  return { profile: { id, file, content, source }, problems };
}
