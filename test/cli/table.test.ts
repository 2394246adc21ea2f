import assert from 'node:assert/strict';
import stringWidth from 'string-width';
import { tableText } from '../../cli/shared/table.js';

const head = ['Profile', 'Name', 'Max Qty'];
const rows = [
  ['acme/prepaid-wholesale-usd', 'Prepaid wholesale customers in United States dollars', 3],
  ['acme/b', 'Передоплата 日本語', 12],
];

describe('a table for people', () => {
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

  it('is as wide as its text where standard output is no terminal', () => {
    const text = tableText(head, rows, {});
    assert.ok(text.includes('Prepaid wholesale customers in United States dollars'));
    assert.ok(widest(text) > 90);
  });

  for (const columns of [120, 80, 60, 40])
    it(`fits ${columns} columns, and loses nothing`, () => {
      const text = tableText(head, rows, { columns });
      assert.ok(widest(text) <= columns, `${widest(text)}\n${text}`);
      const cell = (column: number) =>
        text
          .split('\n')
          .filter((line) => line.startsWith('│'))
          .map((line) => line.split('│')[column]?.trim() ?? '')
          .join('')
          .replaceAll(' ', '');
      for (const column of [0, 1, 2])
        for (const row of rows) assert.ok(cell(column + 1).includes(String(row[column]).replaceAll(' ', '')));
    });

  it('leaves every column something in a terminal that is too narrow for it', () =>
    assert.ok(tableText(head, rows, { columns: 5 }).includes('Max Qty')));
});
