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

  it('that is written is in the canonical form as it is written', () => {
    fc.assert(
      fc.property(aProfileFile, (file) => {
        const canonical: Readonly<Record<string, unknown>> = { ...canonicalContent(file) };
        for (const [name, value] of Object.entries(file)) {
          if (Array.isArray(value) && value.length === 0) continue;
          assertHolds(canonical[name], value, name);
        }
      }),
    );
  });
});

/** The canonical value has all that is written, and may have defaults beside it. */
function assertHolds(canonical: unknown, written: unknown, place: string): void {
  if (typeof written !== 'object' || written === null) {
    assert.equal(canonical, written, place);
    return;
  }
  for (const [key, value] of Object.entries(written))
    assertHolds((canonical as Readonly<Record<string, unknown>>)[key], value, `${place}.${key}`);
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
    userNotification: { threshold: 100 },
    clientNotification: { threshold: 50 },
    advancedRules: [{ name: 'dormant', threshold: 5, inactivity: '30d' }],
  };
  const written = { id, content: canonicalContent(file), hash: contentHash(file) };
  const defaults = defaultsOf(profileFields);

  it('is there to be tried', () => {
    assert.ok(defaults.some(({ path }) => path.join('.') === 'clientNotification.notify'));
  });

  for (const { path } of defaults) {
    it(`${path.join('.')}: a row that was written before has no drift and no change`, () => {
      const text = JSON.stringify(without(JSON.parse(contentText(file)), path));
      assert.notEqual(text, contentText(file));
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

/** Without the field of that path, in each item of a list. */
function without(object: unknown, [first = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(object)) return object.map((item) => without(item, [first, ...rest]));
  const { [first]: value, ...others } = object as Readonly<Record<string, unknown>>;
  return rest.length === 0 ? others : { ...others, [first]: without(value, rest) };
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
