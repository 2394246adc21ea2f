import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalContent, essentialContent, fieldsBetween } from '../../domain/profile/profile-content.js';
import { profileFields, type FieldTable } from '../../domain/profile/profile-fields.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { normaliseProfile } from '../../domain/profile/profile.js';
import { writtenRules } from '../../domain/profile/written-rules.js';
import { heldRow } from '../../planning/held-profiles.js';
import { planProfiles } from '../../planning/plan.js';
import { contentHash, contentText, sha256 } from '../../store/content-hash.js';
import { aProfileFile, twoProfileFiles } from './a-profile-file.js';

const id = 'acme/prepaid';

/** The row that a sync of the file writes. */
function rowOf(text: string) {
  return { id, content: text, source: '', applied_hash: sha256(text), version: 1 };
}

/** File → canonical → row → profile. */
function throughMysql(file: ProfileFile) {
  const { content } = heldRow(rowOf(contentText(file)), undefined);
  assert.ok(content);
  return normaliseProfile(id, content);
}

describe('every field of a profile', () => {
  it('survives from the file through MySQL to the profile that checks use', () => {
    fc.assert(
      fc.property(aProfileFile, (file) => {
        assert.deepEqual(throughMysql(file), normaliseProfile(id, file));
      }),
    );
  });

  it('is different in MySQL and in the profile that checks use where it is different in the file', () => {
    fc.assert(
      fc.property(twoProfileFiles, ({ file, changed }) => {
        const differ = contentText(file) !== contentText(changed);
        assert.equal(differ, JSON.stringify(throughMysql(file)) !== JSON.stringify(throughMysql(changed)));
        assert.equal(differ, contentHash(file) !== contentHash(changed));
        assert.equal(differ, fieldsBetween(file, changed).length > 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('that is written is in the canonical form as it is written, or is its default', () => {
    fc.assert(fc.property(aProfileFile, (file) => assertHolds(canonicalContent(file), file, profileFields)));
  });
});

/** What is written is in the canonical form, but for defaults that it leaves out. */
function assertHolds(canonical: unknown, written: object, table: FieldTable): void {
  const kept = canonical as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(written)) {
    const field = table[name];
    assert.ok(field, name);
    if (field.kind === 'value') {
      assert.equal(sortedJson(kept[name] ?? field.default), sortedJson(value), name);
      continue;
    }
    const [inside, items] = [kept[name] ?? [], value as object].map((each) =>
      Array.isArray(each) ? each : [each],
    );
    assert.equal(inside?.length, items?.length, name);
    items?.forEach((item: object, index) => assertHolds(inside?.[index], item, field.fields));
  }
}

function sortedJson(value: unknown): string {
  const keys =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value).sort()
      : undefined;
  return JSON.stringify(value, keys);
}

interface Default {
  readonly path: readonly string[];
  readonly value: unknown;
}

function defaultsOf(table: FieldTable, path: readonly string[] = []): readonly Default[] {
  return Object.entries(table).flatMap(([name, field]) => {
    if (field.kind !== 'value') return defaultsOf(field.fields, [...path, name]);
    return field.default === undefined ? [] : [{ path: [...path, name], value: field.default }];
  });
}

describe('a default that comes with a new version', () => {
  const file: ProfileFile = {
    name: 'Prepaid',
    reseller: 'acme',
    currency: 'USD',
    sortOrder: 10,
    maxQty: 3,
    period: '24h',
    sendingHours: { from: '08:00', to: '20:00' },
    userNotification: { threshold: 100 },
    clientNotification: { threshold: 50 },
    advancedRules: [{ name: 'dormant', threshold: 5, inactivity: '30d' }],
  };
  const written = { id, content: canonicalContent(file), hash: contentHash(file) };
  const defaults = defaultsOf(profileFields);

  it('is there to be tried', () => {
    assert.ok(defaults.some(({ path }) => path.join('.') === 'clientNotification.notify'));
  });

  for (const { path, value } of defaults) {
    for (const [how, default_] of [
      ['without it', undefined],
      ['with it written out', value],
    ] as const)
      it(`${path.join('.')}: a row that another version wrote ${how} has no drift and no change`, () => {
        const text = JSON.stringify(withValue(JSON.parse(contentText(file)), path, default_));
        const row = heldRow(rowOf(text), undefined);
        assert.equal(row.hash, written.hash);
        assert.deepEqual(planProfiles({ files: [written], rows: [row], applied: new Map() }), {
          changes: [],
          drift: [],
        });
      });
  }

  it('does not change what identifies a profile', () => {
    fc.assert(
      fc.property(aProfileFile, (any) => {
        assert.deepEqual(essentialContent(canonicalContent(any)), essentialContent(any));
        for (const { path, value } of defaults) {
          const text = JSON.stringify(essentialContent(any));
          assert.ok(!text.includes(`"${path.at(-1)}":${JSON.stringify(value)}`), path.join('.'));
        }
      }),
    );
  });
});

/** With another value of that path, in each item of a list; undefined takes the field away everywhere. */
function withValue(object: unknown, path: readonly string[], value: unknown): unknown {
  const [first = '', ...rest] = path;
  if (Array.isArray(object)) return object.map((item) => withValue(item, path, value));
  const { [first]: old, ...others } = object as Readonly<Record<string, unknown>>;
  const inside = rest.length === 0 ? value : withValue(old, rest, value);
  return inside === undefined ? others : { ...others, [first]: inside };
}

describe('a row', () => {
  const text = JSON.stringify({
    name: 'Prepaid',
    reseller: 'acme',
    currency: 'USD',
    sortOrder: 10,
    maxQty: 3,
    period: '24h',
    clientNotification: { threshold: 50 },
  });

  it('is not edited where its text is what was written, though today it would be written otherwise', () => {
    assert.notEqual(contentText(JSON.parse(text) as ProfileFile), text);
    assert.equal(heldRow(rowOf(text), undefined).edited, false);
  });

  it('is edited where it says something else by now', () => {
    const row = { ...rowOf(text), content: text.replace('"maxQty":3', '"maxQty":4') };
    assert.equal(heldRow(row, appliedAs(text)).edited, true);
  });

  it('is not edited where it says the same in another spelling', () => {
    const row = { ...rowOf(text), content: text.replace('"maxQty":3', '"maxQty": 3') };
    assert.equal(heldRow(row, appliedAs(text)).edited, false);
  });

  it('that no sync wrote is edited', () => {
    assert.equal(heldRow({ ...rowOf(text), applied_hash: '' }, undefined).edited, true);
  });

  function appliedAs(applied: string) {
    const content = JSON.parse(applied) as ProfileFile;
    return { content, hash: contentHash(content) };
  }
});

describe('writtenRules', () => {
  it('knows the key, the audience and the place of each rule', () => {
    const rules = writtenRules({
      advancedRules: [{ name: 'dormant', threshold: 5 }],
      clientNotification: { threshold: 50 },
      userNotification: { threshold: 100 },
    });
    assert.deepEqual(
      rules.map(({ key, audience, place }) => [key, audience, place]),
      [
        ['user', 'staff', ['userNotification']],
        ['client', 'client', ['clientNotification']],
        ['advanced:dormant', 'client', ['advancedRules', 0]],
      ],
    );
  });

  it('passes over what an edit takes away', () => {
    assert.deepEqual(writtenRules({ userNotification: null, advancedRules: null }), []);
  });
});
