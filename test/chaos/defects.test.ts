import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../authoring/package-root.js';
import { defects, foundOf, plant, roundsOf, type Defect } from '../../bench/chaos/defects.js';

describe('the defects that `npm run chaos:planted` plants', () => {
  for (const defect of defects) {
    it(`finds its place in dist/${defect.file}: ${defect.name}`, async () => {
      const text = await readFile(path.join(packageRoot(), 'dist', defect.file), 'utf8');
      assert.notEqual(plant(defect, text), text);
    });
  }

  it('finds the places of a round together, also where two are in one file', async () => {
    const rounds = roundsOf(defects);
    assert.ok(rounds.length > 1 && rounds.length < defects.length);
    for (const round of rounds)
      for (const file of new Set(round.map((defect) => defect.file))) {
        const ofFile = round.filter((defect) => defect.file === file);
        const text = await readFile(path.join(packageRoot(), 'dist', file), 'utf8');
        const planted = ofFile.reduce((before, defect) => plant(defect, before), text);
        for (const { name, becomes } of ofFile) assert.ok(planted.includes(becomes), name);
      }
  });

  it('tells the violations of one defect from those of another of its round', () => {
    const named = (name: string): Defect => defects.find((defect) => defect.name.startsWith(name))!;
    const violations = [
      'C-0001 at 09:00:00.000: user has the limit 36.75, expected 73.5',
      'C-0002 at 09:00:00.000: client with 4000 below 5000 and 0 of 2: expected held, found low',
    ];
    assert.deepEqual(foundOf(named('a share of the credit limit'), violations), [violations[0]]);
    assert.deepEqual(foundOf(named('a hold by hand'), violations), [violations[1]]);
    assert.deepEqual(foundOf(named('a share of the last refill'), violations), []);
  });

  it('refuses a place that is not there, or more than once', () => {
    const defect = { name: 'one', file: 'x.js', code: 'a', becomes: 'b' };
    const expected = /^Error: "one": expected dist\/x\.js to hold `a` once$/;
    assert.throws(() => plant(defect, 'c'), expected);
    assert.throws(() => plant(defect, 'a a'), expected);
    assert.equal(plant(defect, 'c a c'), 'c b c');
  });
});
