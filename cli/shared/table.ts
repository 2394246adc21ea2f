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
  const isNarrower = fitting.some((width, column) => width < widths[column]!);
  const table = new Table({
    head: [...head],
    style: { head: [], border: [] },
    ...(ruled ? {} : { chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' } }),
    ...(isNarrower
      ? { colWidths: fitting.map((width) => width + 2), wordWrap: true, wrapOnWordBoundary: false }
      : {}),
  });
  for (const row of rows) table.push([...row]);
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
