import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { createScanner, parseTree, type ParseError } from 'jsonc-parser';
import type { Problem } from '../domain/problem.js';

/** The text of a file, or why it has none that can be read as JSON. */
export type Source = { readonly text: string } | { readonly problem: Problem };

/** A profile has some hundred bytes, the longest scenario files some hundred kilobytes. */
const largestBytes = 5_000_000;
/** Our files are six deep; a parser of anything deeper could run out of stack. */
const deepest = 64;

/** Reads a file as people hand it over: whatever it is, the answer is a text or one clear problem. `file` is how problems name it. */
export async function readSource(file: string, cwd: string): Promise<Source> {
  const wrong = wrongIn(file);
  let bytes: Buffer;
  try {
    const absolute = path.resolve(cwd, file);
    const { size, isFile } = await statOf(absolute);
    if (!isFile) return wrong('not-a-file', 'this is no file: expected a JSON file');
    if (size > largestBytes)
      return wrong('too-large', `the file has ${size} bytes: expected at most ${largestBytes}`);
    bytes = await readFile(absolute);
  } catch (error) {
    return wrong(...unreadable(error));
  }
  if (isUtf16(bytes))
    return wrong('not-utf8', 'the file is UTF-16, as some programs of Windows save it: expected UTF-8 text');
  if (bytes.includes(0))
    return wrong('not-text', 'the file is binary: expected JSON text', placeOf(bytes, bytes.indexOf(0)));
  if (!isUtf8(bytes))
    return wrong(
      'not-utf8',
      'the file is not UTF-8: expected UTF-8 text',
      placeOf(bytes, firstBadByte(bytes)),
    );
  return sourceOfText(file, bytes.toString('utf8'));
}

/** A text as a file of that name would hold it, such as an editor's unsaved one. */
export function sourceOfText(file: string, text: string): Source {
  const wrong = wrongIn(file);
  if (text.replace(/^\ufeff/, '').trim() === '')
    return wrong('empty-file', 'the file is empty: expected a JSON object');
  if (text.startsWith('\ufeff')) {
    return wrong('byte-order-mark', 'the file begins with a byte order mark: expected UTF-8 without one');
  }
  const tooDeep = depthProblem(text);
  if (tooDeep !== undefined) {
    const place = placeOf(Buffer.from(text), Buffer.byteLength(text.slice(0, tooDeep)));
    return wrong('too-deep', `more than ${deepest} levels: expected a profile's`, place);
  }
  const conflict = conflictProblem(text);
  if (conflict) return wrong('merge-conflict', conflict.message, conflict);
  return { text };
}

function wrongIn(file: string) {
  return (code: string, message: string, at: Place = { line: 1, column: 1 }): Source => ({
    problem: { file, ...at, severity: 'error', code, message },
  });
}

interface Place {
  readonly line: number;
  readonly column: number;
}

async function statOf(absolute: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await stat(absolute);
  return { size: found.size, isFile: found.isFile() };
}

function unreadable(error: unknown): readonly [code: string, message: string] {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return ['missing-file', 'there is no such file'];
    case 'ELOOP':
      return ['symlink-loop', 'the links of this path lead back to it: expected a file'];
    case 'EACCES':
    case 'EPERM':
      return ['unreadable-file', 'the file may not be read: expected read permission'];
    case undefined:
    default:
      return ['unreadable-file', `the file cannot be read: ${message}`];
  }
}

/** By its byte order mark, or by the "{" that a file begins with. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return hasMark || (first === 0x7b && second === 0) || (first === 0 && second === 0x7b);
}

const strict = new TextDecoder('utf-8', { fatal: true });

function isUtf8(bytes: Buffer): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The first byte at which the text so far is no longer what its own bytes say. */
function firstBadByte(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'), 'utf8');
  let index = 0;
  while (index < bytes.length && bytes[index] === again[index]) index += 1;
  return index;
}

function placeOf(bytes: Buffer, index: number): Place {
  const before = bytes.subarray(0, index).toString('utf8').split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/**
 * Git's markers of a conflict that nobody has resolved yet: one problem, in place of the many that a parser has with them.
 * Between comments such lines may stand, in JSON they may not.
 */
function conflictProblem(text: string): (Place & { readonly message: string }) | undefined {
  const lines = text.split('\n');
  const line = lines.findIndex((each) => /^(<{7}|>{7}|={7}|\|{7})( |\r?$)/.test(each));
  const first = lines[line];
  if (first === undefined) return undefined;
  const errors: ParseError[] = [];
  parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length === 0) return undefined;
  const message = `the file has a merge conflict, with the line "${first.trim()}": expected one side of it, without Git's lines`;
  return { line: line + 1, column: 1, message };
}

/** The offset at which the text gets too deep. */
function depthProblem(text: string): number | undefined {
  const scanner = createScanner(text, true);
  for (let depth = 0; scanner.getPosition() < text.length;) {
    scanner.scan();
    const first = text[scanner.getTokenOffset()];
    if (first === '{' || first === '[') depth += 1;
    if (first === '}' || first === ']') depth -= 1;
    if (depth > deepest) return scanner.getTokenOffset();
  }
  return undefined;
}
