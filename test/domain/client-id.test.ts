import assert from 'node:assert/strict';
import { clientIdProblem } from '../../domain/client-id.js';

describe('the id of a client', () => {
  for (const id of [
    'C-1',
    '0',
    'Ć'.normalize('NFD'),
    'O\'Neil\\"',
    'a/b',
    '__proto__',
    'x'.repeat(64),
    '😀'.repeat(64),
  ])
    it(`${JSON.stringify(id)} is one`, () => assert.equal(clientIdProblem(id), undefined));

  for (const [id, problem] of [
    ['x'.repeat(65), /at most 64 characters, found 65/],
    ['😀'.repeat(65), /at most 64 characters, found 65/],
    ['', /1 to 64 characters/],
    ['\u00a0', /1 to 64 characters/],
    ['\u00a0x', /no blank at its beginning/],
    ['a\nb', /no control character/],
    [7, /expected a text, found 7/],
  ] as const)
    it(`${JSON.stringify(id)} is none`, () => assert.match(clientIdProblem(id) ?? '', problem));
});
