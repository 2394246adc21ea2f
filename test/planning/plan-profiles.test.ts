import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changedFields, planProfiles, type AppliedProfile, type Sides } from '../../planning/plan.js';
import type { ProfileFile } from '../../domain/profile/profile-file.js';
import { aContent, aFile, aRow } from './builders.js';

const none = new Map<string, AppliedProfile>();
const low = { clientNotification: { threshold: 20 } };
const high = { clientNotification: { threshold: 90 } };

function appliedAs(id: string, changes: Partial<ProfileFile> = {}): Map<string, AppliedProfile> {
  const { content, hash } = aFile(id, changes);
  return new Map([[id, { content, hash }]]);
}

/** `create a/b` for each change, and `edited a/b overwrite` for each drift. */
function told(sides: Sides): readonly string[] {
  const { changes, drift } = planProfiles(sides);
  return [
    ...changes.map((each) =>
      each.action === 'rename'
        ? `rename ${each.renamedFrom} ${each.profile}`
        : `${each.action} ${each.profile}`,
    ),
    ...drift.map(({ kind, profile, resolution }) => `${kind} ${profile} ${resolution}`),
  ];
}

describe('planProfiles', () => {
  const id = 'acme/a';
  const cases: readonly { readonly name: string; readonly sides: Sides; readonly expected: string[] }[] = [
    {
      name: 'does nothing where file and row say the same',
      sides: { files: [aFile(id)], rows: [aRow(id)], applied: none },
      expected: [],
    },
    {
      name: 'creates a profile that only a file has',
      sides: { files: [aFile(id)], rows: [], applied: none },
      expected: ['create acme/a'],
    },
    {
      name: 'updates a row from a changed file',
      sides: { files: [aFile(id, high)], rows: [aRow(id)], applied: none },
      expected: ['update acme/a'],
    },
    {
      name: 'deletes a row whose file is gone',
      sides: { files: [], rows: [aRow(id)], applied: none },
      expected: ['delete acme/a'],
    },
    {
      name: 'sees the same content under another id as a rename',
      sides: { files: [aFile('acme/b')], rows: [aRow(id)], applied: none },
      expected: ['rename acme/a acme/b'],
    },
    {
      name: 'sees an edited content under another id as a rename',
      sides: { files: [aFile('acme/b', high)], rows: [aRow(id)], applied: none },
      expected: ['rename acme/a acme/b'],
    },
    {
      name: 'pairs an edited rename with the most alike of those that went',
      sides: {
        files: [aFile('acme/x', { name: 'Retail', clientNotification: { threshold: 7 } })],
        rows: [aRow(id), aRow('acme/b', { name: 'Retail' })],
        applied: none,
      },
      expected: ['delete acme/a', 'rename acme/b acme/x'],
    },
    {
      name: 'does not take a profile of another currency for a rename',
      sides: { files: [aFile('acme/b', { currency: 'EUR' })], rows: [aRow(id)], applied: none },
      expected: ['delete acme/a', 'create acme/b'],
    },
    {
      name: 'does not take a profile that differs in most fields for a rename',
      sides: {
        files: [
          aFile('acme/b', {
            name: 'Other',
            sortOrder: 99,
            maxQty: 9,
            period: '1h',
            clientNotification: { threshold: 1, notify: false, emails: ['a@b.example'] },
          }),
        ],
        rows: [aRow(id)],
        applied: none,
      },
      expected: ['delete acme/a', 'create acme/b'],
    },
    {
      name: 'pairs two renames of the same content one to one',
      sides: {
        files: [aFile('acme/x'), aFile('acme/y'), aFile('acme/z')],
        rows: [aRow(id), aRow('acme/b')],
        applied: none,
      },
      expected: ['rename acme/a acme/x', 'rename acme/b acme/y', 'create acme/z'],
    },
    {
      name: 'updates both of two profiles that exchange their names and their order',
      sides: {
        files: [aFile(id, { name: 'Two', sortOrder: 2 }), aFile('acme/b', { name: 'One', sortOrder: 1 })],
        rows: [aRow(id, { name: 'One', sortOrder: 1 }), aRow('acme/b', { name: 'Two', sortOrder: 2 })],
        applied: none,
      },
      expected: ['update acme/a', 'update acme/b'],
    },
    {
      name: 'updates both of two profiles whose files were exchanged, and sees no rename',
      sides: {
        files: [aFile(id, high), aFile('acme/b', low)],
        rows: [aRow(id, low), aRow('acme/b', high)],
        applied: none,
      },
      expected: ['update acme/a', 'update acme/b'],
    },
    {
      name: 'overwrites an edit in MySQL where the file is as last applied',
      sides: { files: [aFile(id)], rows: [aRow(id, {}, low)], applied: appliedAs(id) },
      expected: ['update acme/a', 'edited acme/a overwrite'],
    },
    {
      name: 'adopts an edit in MySQL that the file says too',
      sides: { files: [aFile(id, low)], rows: [aRow(id, {}, low)], applied: appliedAs(id) },
      expected: ['update acme/a', 'edited acme/a adopt'],
    },
    {
      name: 'has a conflict, and no change, where file and row were changed differently',
      sides: { files: [aFile(id, high)], rows: [aRow(id, {}, low)], applied: appliedAs(id) },
      expected: ['edited acme/a conflict'],
    },
    {
      name: 'has a conflict where the file of an edited row is gone',
      sides: { files: [], rows: [aRow(id, {}, low)], applied: appliedAs(id) },
      expected: ['edited acme/a conflict'],
    },
    {
      name: 'restores a row that was deleted in MySQL',
      sides: { files: [aFile(id)], rows: [], applied: appliedAs(id) },
      expected: ['create acme/a', 'removed acme/a restore'],
    },
    {
      name: 'has a conflict where a row was deleted in MySQL and its file was changed',
      sides: { files: [aFile(id, high)], rows: [], applied: appliedAs(id) },
      expected: ['removed acme/a conflict'],
    },
    {
      name: 'leaves a row alone that no sync wrote and no file names',
      sides: { files: [], rows: [aRow(id, {}, low)], applied: none },
      expected: ['unmanaged acme/a leave'],
    },
    {
      name: 'adopts a row that no sync wrote and the file says too',
      sides: { files: [aFile(id, low)], rows: [aRow(id, {}, low)], applied: none },
      expected: ['update acme/a', 'unmanaged acme/a adopt'],
    },
    {
      name: 'overwrites a row that is no profile',
      sides: {
        files: [aFile(id, high)],
        rows: [{ ...aRow(id), content: undefined, hash: 'no profile' }],
        applied: none,
      },
      expected: ['update acme/a', 'unreadable acme/a overwrite'],
    },
  ];
  for (const { name, sides, expected } of cases) {
    it(name, () => {
      assert.deepEqual(told(sides), expected);
    });
  }

  it('shows the three sides of a conflict, field by field', () => {
    const sides = { files: [aFile(id, high)], rows: [aRow(id, {}, low)], applied: appliedAs(id) };
    const [conflict] = planProfiles(sides).drift;
    assert.deepEqual(conflict?.fields, [
      { path: 'clientNotification.threshold', applied: 50, mysql: 20, file: 90 },
    ]);
  });

  it('names every field of an update, and no other', () => {
    const before = aContent({ advancedRules: [{ name: 'dormant', threshold: 5, inactivity: '30d' }] });
    const after = aContent({
      maxQty: 4,
      userNotification: { threshold: 100, users: ['j.doe'] },
      advancedRules: [{ name: 'dormant', threshold: 6 }],
    });
    assert.deepEqual(changedFields({ action: 'update', profile: id, before, after }), [
      { path: 'maxQty', from: 3, to: 4 },
      { path: 'userNotification.threshold', from: null, to: 100 },
      { path: 'userNotification.notify', from: null, to: true },
      { path: 'userNotification.users', from: null, to: ['j.doe'] },
      { path: 'userNotification.emails', from: null, to: [] },
      { path: 'advancedRules[dormant].threshold', from: 5, to: 6 },
      { path: 'advancedRules[dormant].inactivity', from: '30d', to: null },
    ]);
  });

  it('takes a default that is written out for no change', () => {
    const written = aFile(id, { clientNotification: { threshold: 50, notify: true, emails: [] } });
    assert.deepEqual(told({ files: [written], rows: [aRow(id)], applied: none }), []);
  });

  const profiles = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('acme/a', 'acme/b', 'acme/c', 'acme/d', 'globex/a'),
      threshold: fc.integer({ min: -3, max: 3 }),
      edited: fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined }),
    }),
    { selector: ({ id }) => id },
  );
  const contentOf = (threshold: number) => ({ clientNotification: { threshold } });

  it('is empty right after it was carried out, whatever was there before', () => {
    fc.assert(
      fc.property(profiles, profiles, (written, held) => {
        const files = written.map(({ id, threshold }) => aFile(id, contentOf(threshold)));
        const rows = held.map(({ id, threshold }) => aRow(id, contentOf(threshold)));
        const after = carriedOut({ files, rows, applied: none });
        assert.deepEqual(told({ files, rows: after, applied: none }), []);
      }),
    );
  });

  it('carried out without its conflicts, leaves nothing but them and rows that no sync wrote', () => {
    fc.assert(
      fc.property(profiles, profiles, (written, held) => {
        const files = written.map(({ id, threshold }) => aFile(id, contentOf(threshold)));
        const rows = held.map(({ id, threshold, edited }) =>
          aRow(id, contentOf(threshold), edited === undefined ? undefined : contentOf(edited)),
        );
        const applied = new Map(
          held
            .filter((_, i) => i % 2 === 0)
            .flatMap((row) => [...appliedAs(row.id, contentOf(row.threshold))]),
        );
        const sides = { files, rows, applied };
        const again = planProfiles({ ...sides, rows: carriedOut(sides) });
        assert.deepEqual(again.changes, []);
        assert.ok(again.drift.every(({ resolution }) => resolution === 'conflict' || resolution === 'leave'));
      }),
    );
  });

  it('never deletes, and never changes, what it has not said', () => {
    fc.assert(
      fc.property(profiles, profiles, (written, held) => {
        const files = written.map(({ id, threshold }) => aFile(id, contentOf(threshold)));
        const rows = held.map(({ id, threshold }) => aRow(id, contentOf(threshold)));
        const { changes } = planProfiles({ files, rows, applied: none });
        const touched = changes.flatMap((change) =>
          change.action === 'rename' ? [change.profile, change.renamedFrom] : [change.profile],
        );
        const fileHashes = new Map(files.map(({ id, hash }) => [id, hash]));
        for (const { id, hash } of rows) assert.equal(touched.includes(id), fileHashes.get(id) !== hash);
        assert.equal(new Set(touched).size, touched.length);
      }),
    );
  });
});

/** What rows are left when a plan was carried out, by what its changes say and nothing else. */
function carriedOut(sides: Sides): Sides['rows'] {
  const rows = new Map(sides.rows.map((row) => [row.id, row]));
  for (const change of planProfiles(sides).changes) {
    if (change.action === 'rename') rows.delete(change.renamedFrom);
    if (change.action === 'delete') rows.delete(change.profile);
    else rows.set(change.profile, aRow(change.profile, change.after));
  }
  return [...rows.values()];
}
