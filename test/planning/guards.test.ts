import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultPolicy, parsePolicy } from '../../authoring/load-policy.js';
import { packageRoot } from '../../authoring/package-root.js';
import { planHash } from '../../planning/plan-hash.js';
import { guardsOf, type Measured } from '../../planning/guards.js';
import { aContent } from './builders.js';

const policy = {
  ...defaultPolicy,
  maxUpdatedPercent: 30,
  maxNewlyTold: 10,
  maxMovedClients: 5,
  maxNoticesPerDay: 40,
};
const content = aContent();
const deleted = (profile: string) => ({ action: 'delete', profile, before: content }) as const;
const held = ['acme/a', 'acme/b', 'acme/c', 'globex/a', 'globex/b'];

describe('guardsOf', () => {
  it('measures deletes by reseller, so that a large one does not hide a small one', () => {
    const guards = guardsOf(policy, {
      changes: [deleted('acme/a'), deleted('globex/a'), deleted('globex/b')],
      heldIds: held,
      newlyTold: 0,
      moved: 0,
      moreNoticesADay: 0,
    });
    assert.deepEqual(guards.slice(0, 2), [
      { name: 'maxDeletedPercentPerReseller:acme', limit: 50, value: 33.4, ok: true },
      { name: 'maxDeletedPercentPerReseller:globex', limit: 50, value: 100, ok: false },
    ]);
  });

  it('takes a rename for a delete: the clients still name the old id', () => {
    const rename = {
      action: 'rename',
      profile: 'globex/x',
      renamedFrom: 'globex/a',
      before: content,
      after: content,
    } as const;
    const [guard] = guardsOf(policy, {
      changes: [rename],
      heldIds: held,
      newlyTold: 0,
      moved: 0,
      moreNoticesADay: 0,
    });
    assert.deepEqual(guard, { name: 'maxDeletedPercentPerReseller:globex', limit: 50, value: 50, ok: true });
  });

  it('measures updates against all profiles, and does not mind creates', () => {
    const update = (profile: string) =>
      ({ action: 'update', profile, before: content, after: content }) as const;
    const create = { action: 'create', profile: 'acme/new', after: content } as const;
    const okOf = (changes: Measured['changes']) =>
      guardsOf(policy, { changes, heldIds: held, newlyTold: 0, moved: 0, moreNoticesADay: 0 }).find(
        ({ name }) => name === 'maxUpdatedPercent',
      );
    assert.deepEqual(okOf([update('acme/a'), create]), {
      name: 'maxUpdatedPercent',
      limit: 30,
      value: 20,
      ok: true,
    });
    assert.equal(okOf([update('acme/a'), update('acme/b')])?.ok, false);
  });

  it('lets exactly as many clients be newly notified as the policy says', () => {
    const okOf = (newlyTold: number) =>
      guardsOf(policy, { changes: [], heldIds: held, newlyTold, moved: 0, moreNoticesADay: 0 }).find(
        ({ name }) => name === 'maxNewlyTold',
      )?.ok;
    assert.deepEqual([okOf(10), okOf(11)], [true, false]);
  });

  it('lets exactly as many clients lose the profile they have as the policy says', () => {
    const okOf = (moved: number) =>
      guardsOf(policy, { changes: [], heldIds: held, newlyTold: 0, moved, moreNoticesADay: 0 }).find(
        ({ name }) => name === 'maxMovedClients',
      )?.ok;
    assert.deepEqual([okOf(5), okOf(6)], [true, false]);
  });

  it('lets exactly as many notices a day be added as the policy says', () => {
    const okOf = (moreNoticesADay: number) =>
      guardsOf(policy, { changes: [], heldIds: held, newlyTold: 0, moved: 0, moreNoticesADay }).find(
        ({ name }) => name === 'maxNoticesPerDay',
      )?.ok;
    assert.deepEqual([okOf(40), okOf(41)], [true, false]);
  });

  it('counts the profiles that change, however they do', () => {
    const plan = {
      changes: [deleted('acme/a'), { action: 'create', profile: 'acme/x', after: content } as const],
      heldIds: held,
      newlyTold: 0,
      moved: 0,
      moreNoticesADay: 0,
    };
    const guardAt = (maxChangedProfiles: number) =>
      guardsOf({ ...policy, maxChangedProfiles }, plan).find(({ name }) => name === 'maxChangedProfiles');
    assert.deepEqual(guardAt(2), { name: 'maxChangedProfiles', limit: 2, value: 2, ok: true });
    assert.equal(guardAt(1)?.ok, false);
  });

  it('measures nothing against an empty database: the first sync is no update', () => {
    assert.deepEqual(
      guardsOf(policy, {
        changes: [{ action: 'create', profile: 'acme/a', after: content }],
        heldIds: [],
        newlyTold: 0,
        moved: 0,
        moreNoticesADay: 0,
      }).every(({ ok }) => ok),
      true,
    );
  });
});

describe('parsePolicy', () => {
  it('fills in the defaults', async () => {
    const { policy, problems } = await parsePolicy('{ "maxNewlyTold": 7 } // few', 'policy.json');
    assert.deepEqual(problems, []);
    assert.deepEqual(policy, { ...defaultPolicy, maxNewlyTold: 7 });
  });

  it('has the defaults and bounds that the schema tells authors', async () => {
    const text = await readFile(path.join(packageRoot(), 'schemas', 'policy.schema.json'), 'utf8');
    type Properties = Record<string, { type?: string; default?: number; maximum?: number }>;
    const { properties, definitions } = JSON.parse(text) as {
      properties: Properties;
      definitions: Record<string, { properties: Properties }>;
    };
    const limits = Object.entries(properties).filter(
      ([, { type }]) => type === 'number' || type === 'integer',
    );
    const { maxToldPerHour, ...defaults } = defaultPolicy;
    assert.deepEqual(Object.fromEntries(limits.map(([name, each]) => [name, each.default])), defaults);
    const { clients, percentOfFleet } = definitions['MaxToldPerHour']!.properties;
    assert.deepEqual({ clients: clients?.default, percentOfFleet: percentOfFleet?.default }, maxToldPerHour);
    for (const [name, { maximum = 0 }] of limits) {
      const problemsOf = async (value: number) =>
        (await parsePolicy(`{ "${name}": ${value} }`, 'policy.json')).problems.length;
      assert.deepEqual([await problemsOf(maximum), await problemsOf(maximum + 1)], [0, 1], name);
    }
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['{ "maxNewlyTold": "many" }', 'policy.json:1:19 wrong-type'],
    ['{\n  "maxNewlyTold": -1\n}', 'policy.json:2:19 out-of-range'],
    ['{ "maxUpdatedPercent": 101 }', 'policy.json:1:24 out-of-range'],
    ['{ "maxNewlytold": 1 }', 'policy.json:1:3 unknown-property'],
    ['{ "maxNewlyTold": 1, "maxNewlyTold": 2 }', 'policy.json:1:22 duplicate-key'],
    ['[]', 'policy.json:1:1 wrong-type'],
    ['', 'policy.json:1:1 empty-file'],
    ['// none', 'policy.json:1:1 empty-file'],
    ['{ "maxNewlyTold": }', 'policy.json:1:19 syntax'],
    ['{ "constructor": 1 }', 'policy.json:1:3 unknown-property'],
    ['{ "maxToldPerHour": 50 }', 'policy.json:1:21 wrong-type'],
    ['{ "maxToldPerHour": { "client": 50 } }', 'policy.json:1:23 unknown-property'],
    ['{ "maxToldPerHour": { "clients": 1.5 } }', 'policy.json:1:34 wrong-type'],
    ['{ "maxToldPerHour": { "percentOfFleet": 101 } }', 'policy.json:1:41 out-of-range'],
    ['{ "maxToldPerHour": { "clients": 1, "clients": 2 } }', 'policy.json:1:37 duplicate-key'],
    ['{ "maxToldPerHour": {}, "maxToldPerHour": {} }', 'policy.json:1:25 duplicate-key'],
  ];
  for (const [text, expected] of wrong) {
    it(`refuses ${JSON.stringify(text)}`, async () => {
      const [problem] = (await parsePolicy(text, 'policy.json')).problems;
      assert.equal(problem && `${problem.file}:${problem.line}:${problem.column} ${problem.code}`, expected);
    });
  }
});

describe('the hash of a plan', () => {
  const hashWith = (policy: typeof defaultPolicy) =>
    planHash({ files: [], resellerFiles: [], policy }, [], []);

  for (const name of Object.keys(defaultPolicy) as (keyof typeof defaultPolicy)[])
    it(`is another one where ${name} is another limit`, () => {
      const old = defaultPolicy[name];
      const changed = typeof old === 'number' ? old + 1 : { ...old, clients: old.clients + 1 };
      assert.notEqual(hashWith({ ...defaultPolicy, [name]: changed }), hashWith(defaultPolicy));
    });

  it('is the same however the policy is ordered, and another one with each part of a limit', () => {
    const { maxToldPerHour, ...others } = defaultPolicy;
    assert.equal(hashWith({ maxToldPerHour, ...others }), hashWith(defaultPolicy));
    const percentOfFleet = maxToldPerHour.percentOfFleet + 1;
    const changed = { ...defaultPolicy, maxToldPerHour: { ...maxToldPerHour, percentOfFleet } };
    assert.notEqual(hashWith(changed), hashWith(defaultPolicy));
  });
});
