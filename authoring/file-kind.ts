import path from 'node:path';
import type { FileKind } from './schema-files.js';

/** Files at a place of their own, by their name. */
const namedKinds = new Map<string, FileKind>([
  ['policy.json', 'policy'],
  ['acknowledged.json', 'acknowledged'],
  ['reseller.json', 'reseller'],
]);

/** What is wrong with where a file lies, or with how it is named. */
export interface Misplaced {
  readonly code: 'file-extension' | 'misplaced-file';
  readonly message: string;
}

/**
 * What a file of a folder of profiles is, by its place; undefined for what is none of its files, such as a README. This
 * alone decides what is a profile, for every verb and for the editor:
 * - `policy.json` and `acknowledged.json` lie in the folder itself;
 * - `<reseller>/reseller.json` holds the reseller's settings, every other `<reseller>/<slug>.json` is a
 *   profile, `<reseller>/<slug>.test.json` its scenarios.
 *
 * `inside` is the path in the folder, with slashes; `folder` is how problems name the folder.
 */
export function kindByPlace(inside: string, folder: string): FileKind | Misplaced | undefined {
  const name = path.posix.basename(inside);
  const depth = inside.split('/').length;
  if (isMisnamed(name) || isOtherLanguage(name)) return extensionProblem(name);
  if (!name.endsWith('.json')) return undefined;
  const named = namedKinds.get(name);
  if (named === 'reseller')
    return depth === 2
      ? named
      : misplaced(`expected it in its reseller's folder, as ${folder}/<reseller>/${name}`);
  if (named) return depth === 1 ? named : misplaced(`expected it as ${folder}/${name}`);
  if (depth === 2) return kindByName(name);
  const [reseller] = depth === 1 ? ['<reseller>'] : inside.split('/');
  return misplaced(`expected a file of a profile in its reseller's folder, as ${folder}/${reseller}/${name}`);
}

/** What a file is by its name alone, where it lies in no folder of profiles. */
export function kindByName(file: string): FileKind {
  const name = path.basename(file);
  return namedKinds.get(name) ?? (name.endsWith('.test.json') ? 'scenarios' : 'profile');
}

/** A file that is meant as JSON and is named so that nothing would read it. */
export function extensionProblem(file: string): Misplaced | undefined {
  const name = path.basename(file);
  if (!isMisnamed(name) && !isOtherLanguage(name)) return undefined;
  const message = `the file is named "${name}" and nothing reads it: expected the ending ".json"`;
  return { code: 'file-extension', message };
}

/** `retail.JSON`, `retail.jsonc`, and `retail.json.txt`, whose ending Windows hides. */
function isMisnamed(name: string): boolean {
  return !name.endsWith('.json') && /\.json[c5]?(\.txt)?$/i.test(name);
}

function isOtherLanguage(name: string): boolean {
  return /\.(ya?ml|toml)$/i.test(name);
}

function misplaced(expected: string): Misplaced {
  return { code: 'misplaced-file', message: `nothing reads the file at this place: ${expected}` };
}

/** The profile id of a file by its place: `<folder>/<name without .json>`. */
export function profileIdOf(file: string): string {
  const absolute = path.resolve(file);
  return `${path.basename(path.dirname(absolute))}/${path.basename(absolute, '.json')}`;
}
