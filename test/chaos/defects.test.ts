import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';
import { defects, plant } from '../../bench/chaos/defects.js';

describe('the defects that `npm run chaos:planted` plants', () => {
  for (const defect of defects) {
    it(`finds its place in dist/${defect.file}: ${defect.name}`, async () => {
      const text = await readFile(path.join(packageRoot(), 'dist', defect.file), 'utf8');
      assert.notEqual(plant(defect, text), text);
    });
  }

  it('refuses a place that is not there, or more than once', () => {
    const defect = { name: 'one', file: 'x.js', code: 'a', becomes: 'b' };
    const expected = /^Error: "one": expected dist\/x\.js to hold `a` once$/;
    assert.throws(() => plant(defect, 'c'), expected);
    assert.throws(() => plant(defect, 'a a'), expected);
    assert.equal(plant(defect, 'c a c'), 'c b c');
  });
});
