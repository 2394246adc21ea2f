import { parse, type ParseError } from 'jsonc-parser';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { contentHash } from '../../store/content-hash.js';

/** The text for a profile's file: the text that was synced, with its comments, where it says the same as the row; else the row's content. */
export function sourceFor(content: ProfileFile, source: string | null): string {
  if (source !== null && saysTheSame(source, content)) return source;
  return `${JSON.stringify({ $schema: '../../schemas/profile.schema.json', ...content }, null, 2)}\n`;
}

function saysTheSame(source: string, content: ProfileFile): boolean {
  try {
    const errors: ParseError[] = [];
    const parsed = parse(source, errors, { allowTrailingComma: true }) as ProfileFile;
    return errors.length === 0 && contentHash(parsed) === contentHash(content);
  } catch {
    return false;
  }
}
