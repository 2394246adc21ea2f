import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProfiles } from '../../authoring/load-profiles.js';
import { drawProfile, hoursThatOpenSoon, profileKinds, webhookName } from '../../bench/chaos/draw-profile.js';
import { isOpen } from '../../bench/chaos/model/hours.js';
import type { ProfileTruth } from '../../bench/chaos/model/truth.js';
import { profileFileOf } from '../../bench/chaos/profile-file-of.js';
import { createRandom } from '../../bench/chaos/random.js';

const now = Date.parse('2026-11-26T23:58:30Z');
const zones = ['America/St_Johns'];

function drawn(count: number): readonly ProfileTruth[] {
  const random = createRandom(11);
  return profileKinds.flatMap((kind) =>
    Array.from({ length: count }, () => drawProfile(kind, random, zones, now)),
  );
}

describe('the profiles of a chaos run', () => {
  it('are valid, whatever is drawn', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'low-balance-drawn-'));
    try {
      await mkdir(path.join(folder, 'profiles', 'acme'), { recursive: true });
      const webhooks = { [webhookName]: { url: 'https://acme.example/hooks', secretVariable: 'SECRET' } };
      const reseller = path.join(folder, 'profiles', 'acme', 'reseller.json');
      await writeFile(reseller, JSON.stringify({ webhooks }));
      const profiles = drawn(8);
      for (const [i, profile] of profiles.entries()) {
        const file = path.join(folder, 'profiles', 'acme', `p-${i}.json`);
        await writeFile(file, JSON.stringify(profileFileOf(`acme/p-${i}`, profile)));
      }
      const loaded = await loadProfiles('profiles', folder);
      const errors = loaded.problems.filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, []);
      assert.equal(loaded.profiles.length, profiles.length);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('have every kind of threshold, both sides, recoveries, waits, webhooks, looks and hours that open and close', () => {
    const profiles = drawn(30);
    const rules = profiles.flatMap((profile) => profile.rules);
    assert.deepEqual([...new Set(rules.map(({ threshold }) => threshold.kind))].sort(), [
      'amount',
      'lasts',
      'own',
      'percentOfCreditLimit',
      'percentOfLastRefill',
    ]);
    assert.ok(rules.some(({ when }) => when === 'above'));
    assert.ok(rules.some(({ recovered, webhooks }) => recovered && webhooks.length > 0));
    assert.ok(profiles.some(({ alreadyLow }) => alreadyLow === 'wait'));
    assert.ok(profiles.some(({ checkEveryMs = Infinity, periodMs }) => checkEveryMs < periodMs));
    const hours = profiles.flatMap((profile) => profile.hours ?? []);
    const openIn = (minutes: number) =>
      hours.map((each) => isOpen(each, zones, now + minutes * 60_000)).filter(Boolean).length;
    for (const minutes of [0, 1, 2, 3]) {
      const open = openIn(minutes);
      assert.ok(open > 0 && open < hours.length, `${open} of ${hours.length} are open after ${minutes} min`);
    }
  });

  it('have hours that are closed and open within 75 s, when that is wanted', () => {
    for (let at = now; at < now + 120_000; at += 7_000) {
      const hours = hoursThatOpenSoon(zones, at);
      assert.equal(isOpen(hours, zones, at + 14_000), false);
      assert.equal(isOpen(hours, zones, at + 75_000), true);
    }
  });
});
