import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../domain/problem.js';

/** Words of a reseller's own for its mails, as they lie in its folder. */
export interface ResellerTemplates {
  /** By name, such as `de/client.text.hbs`; sorted. */
  readonly templates: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** A mail of one template is a few kilobytes. */
const largestBytes = 200_000;

/**
 * The templates of `<folder>/templates/`, held against what a mail has. `folder` is a reseller's folder, relative to `cwd`; problems name
 * files as it is named. Codes beside those of `checkOverride`: `template-too-large`, `not-text`.
 */
export async function readResellerTemplates(folder: string, cwd: string): Promise<ResellerTemplates> {
  const root = path.resolve(cwd, folder, 'templates');
  if (!existsSync(root)) return { templates: new Map(), problems: [] };
  const { checkOverride } = await import('../delivery/email/check-templates.js');
  const { languagesIn, ownTemplates } = await import('../delivery/email/template-files.js');
  const templates = new Map<string, string>();
  const problems: Problem[] = [];
  for (const name of filesBelow(root)) {
    const file = path.join(folder, 'templates', name).replaceAll(path.sep, '/');
    const source = readFileSync(path.join(root, name));
    const text = source.toString('utf8');
    const refusal = refusalOf(source, text);
    const found = refusal ? [problemOf(file, refusal)] : checkOverride({ name, file, source: text });
    problems.push(...found);
    if (found.length === 0) templates.set(name, text);
  }
  return {
    templates,
    problems: [...problems, ...withoutWords(templates, folder, languagesIn(ownTemplates))],
  };
}

/** A whole mail in a language that nobody has words in would never be chosen. */
function withoutWords(
  templates: ReadonlyMap<string, string>,
  folder: string,
  known: readonly string[],
): readonly Problem[] {
  const languages = [...new Set([...templates.keys()].map((name) => name.split('/')[0] ?? ''))];
  return languages
    .filter((language) => !known.includes(language) && !templates.has(`${language}/words.hbs`))
    .map((language) =>
      problemOf(`${folder}/templates/${language}/words.hbs`, {
        code: 'missing-template',
        message: `there are no words in "${language}": expected this file with all phrases, or one of the languages ${known.join(', ')}`,
      }),
    );
}

/** The languages that a reseller has all phrases or whole mails for; a language of its own needs nothing of the package's. */
export function languagesOfTemplates(folder: string, cwd: string): readonly string[] {
  const root = path.resolve(cwd, folder, 'templates');
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

function refusalOf(source: Buffer, text: string): Pick<Problem, 'code' | 'message'> | undefined {
  if (source.length > largestBytes)
    return {
      code: 'template-too-large',
      message: `the template has ${source.length} bytes: expected at most ${largestBytes}`,
    };
  return text.includes('\uFFFD') && !source.equals(Buffer.from(text))
    ? { code: 'not-text', message: 'the template is not text in UTF-8' }
    : undefined;
}

function problemOf(file: string, { code, message }: Pick<Problem, 'code' | 'message'>): Problem {
  return { file, line: 1, column: 1, severity: 'error', code, message };
}

/** With slashes, sorted; what begins with a dot is an editor's or a system's. */
function filesBelow(root: string, inside = ''): readonly string[] {
  return readdirSync(path.join(root, inside))
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => {
      const place = inside === '' ? name : `${inside}/${name}`;
      return statSync(path.join(root, place)).isDirectory() ? filesBelow(root, place) : [place];
    })
    .sort();
}
