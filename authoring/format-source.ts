import { applyEdits, format } from 'jsonc-parser';

/**
 * A file as VS Code lays it out on save: two spaces, comments kept, its own kind of line ends, one at the end of the file.
 * What is parsed stays the same, and a formatted text is not changed again.
 */
export function formatSource(text: string): string {
  const eol = /\r\n/.test(text) ? '\r\n' : '\n';
  const options = { tabSize: 2, insertSpaces: true, eol, insertFinalNewline: true, keepLines: true };
  const formatted = applyEdits(text, format(text, undefined, options));
  return `${formatted.replace(/\s+$/, '')}${eol}`;
}
