import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The templates of this package. */
export const ownTemplates = fileURLToPath(new URL('../../../delivery/email/templates/', import.meta.url));

export const parts = ['subject', 'text', 'html'] as const;
export type Part = (typeof parts)[number];

/** A kind of mail: to whom, and whether it only says that rules are no longer met. */
export const mailKinds = ['client', 'staff', 'client-recovered', 'staff-recovered'] as const;
export type MailKind = (typeof mailKinds)[number];

/** One template as it lies on disk. */
export interface TemplateFile {
  /** Within the folder of templates, such as `client.text.hbs` or `de/words.hbs`. */
  readonly name: string;
  readonly file: string;
  /** Undefined where the file is missing. */
  readonly source: string | undefined;
}

export const layoutName = 'layout.hbs';

/** The phrases of a language, from which its mails are made. */
export function wordsName(language: string): string {
  return `${language}/words.hbs`;
}

/** What a mail of any language is made of. */
export function mailTemplateName(kind: MailKind, part: Part): string {
  return `${kind}.${part}.hbs`;
}

/** A mail that only one language has in this form: it takes the place of the one of all languages. */
export function ownMailTemplateName(language: string, kind: MailKind, part: Part): string {
  return `${language}/${mailTemplateName(kind, part)}`;
}

/** The languages of a folder: its subfolders. */
export function languagesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Every template that a folder must have, and those of single languages that it has. */
export function readTemplates(folder: string): readonly TemplateFile[] {
  const mails = mailKinds.flatMap((kind) => parts.map((part) => ({ kind, part })));
  const needed = [layoutName, ...mails.map(({ kind, part }) => mailTemplateName(kind, part))];
  const ofLanguages = languagesIn(folder).flatMap((language) => [
    read(folder, wordsName(language)),
    ...mails
      .map(({ kind, part }) => read(folder, ownMailTemplateName(language, kind, part)))
      .filter(({ source }) => source !== undefined),
  ]);
  return [...needed.map((name) => read(folder, name)), ...ofLanguages];
}

function read(folder: string, name: string): TemplateFile {
  const file = path.join(folder, name);
  return { name, file, source: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
}
