import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Io } from './io.js';

/** A cell of a table; its lines are kept. */
export type Cell = string | number;

export interface TableStyle {
  /** Rows are parted by lines; default: true. */
  readonly ruled?: boolean;
}

/** A column is not made narrower than this, so that a terminal of few columns still shows something of each. */
const narrowest = 8;

/** What a cell has besides its text: a border and a space on both sides, of which it shares one border. */
const paddingOfCell = 3;

/**
 * A table for people, without a line end. Where it would be wider than the terminal, the widest columns are made
 * narrower, and their text goes on in the next line.
 */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { columns }: Pick<Io, 'columns'>,
  { ruled = true }: TableStyle = {},
): string {
  const widths = head.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(String(row[column] ?? '')))),
  );
  const fitting = columns === undefined ? widths : fitted(widths, columns - paddingOfCell * head.length - 1);
  const table = new Table({
    head: head.map((title, column) => wrapped(title, fitting[column]!)),
    style: { head: [], border: [] },
    ...(ruled ? {} : { chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' } }),
  });
  for (const row of rows) table.push(row.map((cell, column) => wrapped(String(cell), fitting[column]!)));
  return table.toString();
}

/** Takes from the widest until the sum fits, or all are as narrow as they may be. */
function fitted(widths: readonly number[], room: number): readonly number[] {
  const fitting = [...widths];
  let excess = fitting.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...fitting);
    if (widest <= narrowest) break;
    fitting[fitting.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return fitting;
}

/** Of the longest line, as a terminal shows it. */
function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => stringWidth(line)));
}

/** Lines of at most `width` columns: parted between words, and inside of those that are longer. */
function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => (stringWidth(line) <= width ? [line] : wrappedLine(line, width)))
    .join('\n');
}

function wrappedLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (stringWidth(joined) <= width) {
      current = joined;
      continue;
    }
    if (current !== '') lines.push(current);
    current = '';
    for (const character of word) {
      if (stringWidth(current + character) > width) {
        lines.push(current);
        current = '';
      }
      current += character;
    }
  }
  return [...lines, current];
}
