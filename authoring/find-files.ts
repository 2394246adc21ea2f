import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../domain/problem.js';
import { extensionProblem, kindByName, kindByPlace, type Misplaced } from './file-kind.js';
import type { FileKind } from './schema-files.js';

export interface FoundFile {
  /** Relative to the working directory, with slashes. */
  readonly file: string;
  readonly kind: FileKind;
}

export interface FoundFiles {
  /** By name. */
  readonly files: readonly FoundFile[];
  /** What is meant as a file of a profile, and nothing would read. */
  readonly problems: readonly Problem[];
  /** The folders of profiles that the files lie in, relative to the working directory. */
  readonly folders: readonly string[];
}

/**
 * The files that paths name: a file itself, of a folder all below it. Folders whose name begins with a dot and `node_modules`
 * are passed over. A path that is neither is kept: reading it says why.
 *
 * `folder` is the folder of profiles, where the caller knows it. Else it is one named `profiles` in the working directory or
 * in a repository, or one that holds a `policy.json`. Files that lie in none are what their names say.
 */
export async function findFiles(paths: readonly string[], cwd: string, folder?: string): Promise<FoundFiles> {
  const search = new Search(cwd, folder === undefined ? undefined : path.resolve(cwd, folder));
  for (const each of paths) await search.lookAt(path.resolve(cwd, each));
  return search.result();
}

class Search {
  private readonly cwd: string;
  private readonly folder: string | undefined;
  private readonly files = new Map<string, FoundFile>();
  private readonly problems = new Map<string, Problem>();
  private readonly roots = new Map<string, string | undefined>();

  constructor(cwd: string, folder: string | undefined) {
    this.cwd = cwd;
    this.folder = folder;
  }

  result(): FoundFiles {
    const files = [...this.files.values()].sort(byFile);
    const folders = [...this.files.keys()].flatMap((absolute) => this.rootOf(absolute) ?? []);
    return {
      files,
      problems: [...this.problems.values(), ...this.sameButCase(files)].sort(byFile),
      folders: [...new Set(folders)].map((folder) => shown(folder, this.cwd)),
    };
  }

  /** What the user named. */
  async lookAt(absolute: string): Promise<void> {
    if (await isFolder(absolute)) await this.lookInto(absolute);
    else this.take(absolute, true);
  }

  private async lookInto(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries) {
      const absolute = path.join(folder, entry.name);
      if (entry.isDirectory()) await this.lookIntoNamed(absolute, entry.name);
      else if (entry.isSymbolicLink() && (await isFolder(absolute))) this.linked(absolute);
      else this.take(absolute, false);
    }
  }

  private async lookIntoNamed(absolute: string, name: string): Promise<void> {
    if (name.startsWith('.') || name === 'node_modules') return;
    // It is no file; reading it says so.
    if (name.endsWith('.json') && this.rootOf(absolute) !== path.dirname(absolute))
      this.take(absolute, false);
    else await this.lookInto(absolute);
  }

  /** Not followed: a link may lead in a circle, and what it leads to is not what a pull request shows. */
  private linked(absolute: string): void {
    const root = this.rootOf(absolute);
    if (root === undefined) return;
    const message =
      'this is a link to a folder, and links to folders are not followed: expected the folder itself';
    this.report(absolute, { code: 'linked-folder', message });
  }

  private take(absolute: string, isNamed: boolean): void {
    const kind = this.kindOf(absolute, isNamed);
    const file = shown(absolute, this.cwd);
    if (typeof kind === 'string') this.files.set(absolute, { file, kind });
    else if (kind) this.report(absolute, kind);
  }

  private kindOf(absolute: string, isNamed: boolean): FileKind | Misplaced | undefined {
    const root = this.rootOf(absolute);
    const byPlace = root && kindByPlace(shown(absolute, root), shown(root, this.cwd));
    if (byPlace) return byPlace;
    const isWanted = root === undefined ? isNamed || absolute.endsWith('.json') : isNamed;
    return extensionProblem(absolute) ?? (isWanted ? kindByName(absolute) : undefined);
  }

  /** The folder of profiles that a file lies in. */
  private rootOf(absolute: string): string | undefined {
    if (this.folder !== undefined && isInside(absolute, this.folder)) return this.folder;
    const folder = path.dirname(absolute);
    if (!this.roots.has(folder)) this.roots.set(folder, findRoot(folder, this.cwd));
    return this.roots.get(folder);
  }

  private report(absolute: string, { code, message }: Pick<Problem, 'code' | 'message'>): void {
    const file = shown(absolute, this.cwd);
    this.problems.set(absolute, { file, line: 1, column: 1, severity: 'error', code, message });
  }

  /** On macOS and Windows two such files are one, and a checkout has only one of them. */
  private sameButCase(files: readonly FoundFile[]): readonly Problem[] {
    const spellings = new Map<string, string>();
    return files.flatMap(({ file }): readonly Problem[] => {
      const [other] = [path.posix.dirname(file), file].flatMap((each) => {
        const known = spellings.get(each.toLowerCase());
        if (known === undefined) spellings.set(each.toLowerCase(), each);
        return known === undefined || known === each ? [] : [known];
      });
      if (other === undefined) return [];
      const message = `its name differs from ${other} only in the case of letters, and is the same on macOS and Windows: expected another name`;
      return [{ file, line: 1, column: 1, severity: 'warning', code: 'same-but-case', message }];
    });
  }
}

/** The folder of profiles that a folder is, or lies in. A `policy.json` in a reseller's folder makes none of it. */
function findRoot(folder: string, cwd: string): string | undefined {
  const upwards: string[] = [];
  for (let each = folder; each !== path.dirname(each); each = path.dirname(each)) upwards.push(each);
  const holds = (parent: string, name: string) => existsSync(path.join(parent, name));
  const isOurs = (each: string) =>
    isInside(each, cwd) || ['.git', 'package.json'].some((name) => holds(path.dirname(each), name));
  return (
    upwards.find((each) => path.basename(each) === 'profiles' && isOurs(each)) ??
    upwards.findLast((each) => holds(each, 'policy.json'))
  );
}

async function isFolder(absolute: string): Promise<boolean> {
  try {
    return (await stat(absolute)).isDirectory();
  } catch {
    return false;
  }
}

function isInside(absolute: string, folder: string): boolean {
  const inside = path.relative(folder, absolute);
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside);
}

function byFile(a: { readonly file: string }, b: { readonly file: string }): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}

/** Relative to the working directory, with slashes on every system. */
export function shown(absolute: string, cwd: string): string {
  return (path.relative(cwd, absolute) || '.').replaceAll(path.sep, '/');
}
