import assert from 'node:assert/strict';
import type { DataSource } from 'typeorm';
import { createProfiles } from '../../store/profiles.js';

const content = JSON.stringify({
  name: 'Prepaid',
  reseller: 'acme',
  currency: 'USD',
  sortOrder: 1,
  maxQty: 3,
  period: '24h',
  clientNotification: { threshold: 50 },
});

/** Answers as MySQL would of these rows, and remembers what it was asked. */
function databaseOf(rows: { id: string; content: string; version: number }[]) {
  const asked: string[][] = [];
  const database = {
    getRepository: () => ({}),
    query: (_: string, [ids]: [string[]]) => {
      asked.push(ids);
      return Promise.resolve(rows.filter(({ id }) => ids.includes(id)));
    },
  } as unknown as DataSource;
  return { database, asked };
}

describe('stored profiles', () => {
  it('that are asked for together are read by one statement, and each is asked for once', async () => {
    const { database, asked } = databaseOf([
      { id: 'acme/a', content, version: 1 },
      { id: 'acme/b', content, version: 7 },
    ]);
    const profiles = createProfiles(database);
    const found = await Promise.all(
      ['acme/a', 'acme/b', 'acme/a', 'acme/gone'].map((id) => profiles.read(id)),
    );
    assert.deepEqual(
      found.map((each) => each && [each.profile.id, each.version]),
      [['acme/a', 1], ['acme/b', 7], ['acme/a', 1], undefined],
    );
    assert.deepEqual(asked, [['acme/a', 'acme/b', 'acme/gone']]);
  });

  it('that cannot be read fail alone', async () => {
    const { database } = databaseOf([
      { id: 'acme/a', content, version: 1 },
      { id: 'acme/broken', content: '{"name":', version: 1 },
    ]);
    const profiles = createProfiles(database);
    const [good, broken] = await Promise.allSettled([profiles.read('acme/a'), profiles.read('acme/broken')]);
    assert.equal(good.status, 'fulfilled');
    assert.equal(broken.status, 'rejected');
  });

  it('are what they are now: an edit, a new version of the same content, and a return after a deletion', async () => {
    const rows = [{ id: 'acme/a', content, version: 1 }];
    const profiles = createProfiles(databaseOf(rows).database);
    assert.equal((await profiles.read('acme/a'))?.profile.maxQty, 3);
    rows[0] = { id: 'acme/a', content: content.replace('"maxQty":3', '"maxQty":4'), version: 2 };
    assert.equal((await profiles.read('acme/a'))?.profile.maxQty, 4);
    rows[0] = { ...rows[0], version: 3 };
    assert.equal((await profiles.read('acme/a'))?.version, 3);
    const [kept] = rows.splice(0);
    assert.equal(await profiles.read('acme/a'), undefined);
    rows.push(kept!);
    assert.equal((await profiles.read('acme/a'))?.profile.maxQty, 4);
  });
});
