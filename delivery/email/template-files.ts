import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The templates of this package. */
export const ownTemplates = fileURLToPath(new URL('../../../delivery/email/templates/', import.meta.url));

export const audiences = ['client', 'staff'] as const;
export const parts = ['subject', 'text', 'html'] as const;

export type Audience = (typeof audiences)[number];
export type Part = (typeof parts)[number];

/** One template as it lies on disk. */
export interface TemplateFile {
  readonly language: string;
  readonly audience: Audience;
  readonly part: Part;
  readonly file: string;
  /** Undefined where the file is missing. */
  readonly source: string | undefined;
}

/** `layout.hbs`: the frame of every HTML part. */
export function layoutFile(folder: string): string {
  return path.join(folder, 'layout.hbs');
}

/** The languages of a folder: its subfolders. */
export function languagesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Every template that a language must have: `<language>/<audience>.<part>.hbs`. */
export function readTemplates(folder: string): readonly TemplateFile[] {
  return languagesIn(folder).flatMap((language) =>
    audiences.flatMap((audience) =>
      parts.map((part) => {
        const file = path.join(folder, language, `${audience}.${part}.hbs`);
        return {
          language,
          audience,
          part,
          file,
          source: existsSync(file) ? readFileSync(file, 'utf8') : undefined,
        };
      }),
    ),
  );
}
