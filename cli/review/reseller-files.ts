import { readdir, rm, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, type ParseError } from 'jsonc-parser';
import { canonicalReseller, type ResellerContent } from '../../domain/reseller/reseller-content.js';
import { isCommitted } from '../../planning/git-facts.js';
import { readIfThere } from '../shared/profile-target.js';

/** The files of a reseller's settings and words, by their path in its folder; null: there is none. */
export type ResellerFiles = ReadonlyMap<string, string | null>;

/** What content says, as files: with the comments of the text that was synced, where it says the same. */
export function resellerFilesOf(content: ResellerContent | null, source: string | null): ResellerFiles {
  const { templates = {}, ...settings } = content ?? {};
  const isFile = content !== null && (source !== '' || Object.keys(settings).length > 0);
  return new Map<string, string | null>([
    ['reseller.json', isFile ? textOf(settings, source) : null],
    ...Object.entries(templates).map(([name, text]) => [`templates/${name}`, text] as const),
  ]);
}

function textOf(settings: ResellerContent, source: string | null): string {
  if (source !== null && saysTheSame(source, settings)) return source;
  return `${JSON.stringify({ $schema: '../../schemas/reseller.schema.json', ...settings }, null, 2)}\n`;
}

function saysTheSame(source: string, settings: ResellerContent): boolean {
  const errors: ParseError[] = [];
  const parsed = parse(source, errors, { allowTrailingComma: true }) as ResellerContent | undefined;
  if (errors.length > 0 || typeof parsed !== 'object') return false;
  return JSON.stringify(canonicalReseller(parsed)) === JSON.stringify(canonicalReseller(settings));
}

export interface WrittenFiles {
  /** Relative to the reseller's folder; of what differed. */
  readonly written: readonly string[];
  /** Files whose text neither Git nor the caller keeps: where there is one, nothing was written. */
  readonly unkept: readonly string[];
}

/**
 * Makes the folder hold exactly these files and no other template. `isKept`: whether a text that would be lost is held elsewhere,
 * besides Git.
 */
export async function writeResellerFiles(
  folder: string,
  files: ResellerFiles,
  isKept: (name: string, text: string) => boolean,
): Promise<WrittenFiles> {
  const present = await templatesIn(folder);
  const names = [...new Set([...files.keys(), ...present])].filter(isInside);
  const changes: { readonly name: string; readonly target: string; readonly text: string | null }[] = [];
  const unkept: string[] = [];
  for (const name of names) {
    const target = path.join(folder, name);
    const [now, text] = [await readIfThere(target), files.get(name) ?? null];
    if ((now ?? null) === text) continue;
    changes.push({ name, target, text });
    if (now !== undefined && !isKept(name, now) && !(await isCommitted(target))) unkept.push(name);
  }
  if (unkept.length > 0) return { written: [], unkept };
  for (const { target, text } of changes) {
    if (text === null) await rm(target);
    else {
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }
  return { written: changes.map(({ name }) => name), unkept };
}

/** A row that somebody edited must not lead out of the folder. */
function isInside(name: string): boolean {
  return name === 'reseller.json' || /^templates\/[A-Za-z0-9-]+\/[A-Za-z0-9.-]+\.hbs$/.test(name);
}

async function templatesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path.join(folder, 'templates'), { recursive: true });
    return entries
      .filter((name) => name.endsWith('.hbs'))
      .map((name) => `templates/${name.replaceAll(path.sep, '/')}`);
  } catch {
    return [];
  }
}
