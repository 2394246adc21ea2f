import assert from 'node:assert/strict';
import { planMarkdown, planMarker, problemsMarkdown } from '../../cli/review/plan-markdown.js';
import type { Plan } from '../../planning/make-plan.js';
import type { PlannedChange } from '../../planning/planned-change.js';
import { createImpactSums } from '../../planning/impact-sums.js';
import { needsOf } from '../../planning/needs.js';
import { changedFields } from '../../planning/plan.js';
import { normaliseProfile } from '../../domain/profile/profile.js';
import { aContent } from './builders.js';

const before = aContent();
const quiet = {
  unknown: false,
  wakes: false,
  counting: [],
  noticesADayBefore: 0,
  noticesADayNow: 1,
} as const;

function anUpdate(profile: string, name: string, newlyTold: readonly string[]): PlannedChange {
  const after = aContent({ name, clientNotification: { threshold: 90, emails: ['a@b.example'] } });
  const sums = createImpactSums(normaliseProfile(profile, before), normaliseProfile(profile, after));
  for (const id of newlyTold) sums.add(id, { sendingBefore: [], sendingNow: ['client'], ...quiet });
  const change = { action: 'update', profile, before, after } as const;
  return { change, fields: changedFields(change), impact: sums.sums() };
}

function aPlan(changes: readonly PlannedChange[]): Plan {
  const nothing = {
    resellers: [],
    holds: [],
    moves: [],
    unknownProfiles: [],
    drift: [],
    guards: [],
    needs: [],
  };
  return { hash: 'f'.repeat(64), at: 0, oneInstant: true, changes, ...nothing };
}

describe('planMarkdown', () => {
  it('begins with the marker and the table, and names how many are newly notified', () => {
    const text = planMarkdown(aPlan([anUpdate('acme/a', 'A', ['c-1', 'c-2'])]), { showClients: false });
    const lines = text.split('\n');
    const row =
      '| <code>acme/a</code> | update | **2** | 0 | 0 → 2 | 2 | 0 → 2 | 0 | name Prepaid → A; ' +
      'clientNotification&#46;threshold 50 → 90; clientNotification&#46;emails &#91;&#93; → &#91;&#34;a&#64;&#8203;b&#46;example&#34;&#93; |';
    assert.equal(lines[0], planMarker);
    assert.ok(text.indexOf('| Profile |') < text.indexOf('<details>'));
    assert.ok(lines.includes(row), text);
  });

  it('names clients only where asked to', () => {
    const plan = aPlan([anUpdate('acme/a', 'A', ['client-77'])]);
    assert.ok(!planMarkdown(plan, { showClients: false }).includes('client-77'));
    assert.ok(planMarkdown(plan, { showClients: true }).includes('client-77'));
  });

  it('stays within 60,000 characters, and says how much is missing', () => {
    const ids = Array.from({ length: 500 }, (_, i) => `client-${i}`);
    const changes = Array.from({ length: 1_000 }, (_, i) => anUpdate(`acme/p${i}`, '|'.repeat(255), ids));
    const text = planMarkdown(aPlan(changes), { showClients: true });
    assert.ok(text.length <= 60_000, String(text.length));
    assert.match(text, /…and \d+ more: the summary of the job has them\.\n/);
    assert.match(text, /…and the details of \d+ more: the summary of the job has them\.\n/);
    const rows = text.match(/^\| <code>acme&#|^\| <code>acme\/p/gm)?.length ?? 0;
    assert.equal(rows + Number(/…and (\d+) more: /.exec(text)?.[1]), 1_000);
    assert.equal(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
  });

  it('lets nothing that people wrote act in the comment', () => {
    const hostile =
      '</details>|`x`@team #1 [a](https://evil.example) <!-- --> **b**\n# c\u202e www.evil.example';
    const plain = planMarkdown(aPlan([anUpdate('acme/a', 'plain', [])]), { showClients: false });
    const text = planMarkdown(aPlan([anUpdate('acme/a', hostile, [])]), { showClients: false });
    for (const sign of ['`', '@', '[', '|', '<details>', '</details>', '<!--', '*', '\n', '#', '://', 'www.'])
      assert.equal(
        text.replace(/&#\d+;/g, '').split(sign).length,
        plain.replace(/&#\d+;/g, '').split(sign).length,
        `${sign} in ${text}`,
      );
    assert.ok(!text.includes('\u202e'));
  });

  it('says before anything else why a sync would be refused', () => {
    const conflict = {
      profile: 'acme/a',
      kind: 'edited',
      resolution: 'conflict',
      fields: [{ path: 'maxQty', applied: 3, mysql: 7, file: 5 }],
    } as const;
    const guards = [
      { name: 'maxNewlyTold', limit: 1, value: 2, ok: false },
      { name: 'maxUpdatedPercent', limit: 100, value: 50, ok: true },
    ];
    const plan = { ...aPlan([anUpdate('acme/b', 'B', ['c-1'])]), drift: [conflict], guards };
    const text = planMarkdown({ ...plan, needs: needsOf(plan, new Map()) }, { showClients: false });
    const refused = text.indexOf('**The merge would be refused.**');
    assert.ok(refused > 0 && refused < text.indexOf('| Profile |'), text);
    assert.match(text, /> - maxNewlyTold is 2 and policy&#46;json allows 1: .*owners of policy&#46;json/);
    assert.match(text, /> - acme\/a was changed here and in MySQL: its author/);
    assert.ok(!text.includes('maxUpdatedPercent'));
    assert.ok(text.includes('| <code>maxQty</code> | <code>3</code> | <code>7</code> | <code>5</code> |'));
  });

  it('names a deletion with the number to acknowledge', () => {
    const sums = createImpactSums(normaliseProfile('acme/a', before), undefined);
    for (const id of ['c-1', 'c-2']) sums.add(id, { sendingBefore: ['client'], sendingNow: [], ...quiet });
    const change = { action: 'delete', profile: 'acme/a', before } as const;
    const plan = aPlan([{ change, fields: changedFields(change), impact: sums.sums() }]);
    const textWith = (acknowledged: ReadonlyMap<string, number>) =>
      planMarkdown({ ...plan, needs: needsOf(plan, acknowledged) }, { showClients: false });
    assert.match(textWith(new Map()), /write &#34;acme\/a&#34;: 2 under &#34;deletions&#34;/);
    assert.match(textWith(new Map([['acme/a', 1]])), /\(acknowledged: 1\)/);
    assert.doesNotMatch(textWith(new Map([['acme/a', 2]])), /refused/);
  });

  it('names many deletions as one need, with the lines to copy, also where they are 300', () => {
    const ids = Array.from({ length: 300 }, (_, i) => `reseller-${i % 20}/prepaid-wholesale-${i}`);
    const changes = ids.map((profile) => {
      const sums = createImpactSums(normaliseProfile(profile, before), undefined);
      sums.add('c-1', { sendingBefore: ['client'], sendingNow: [], ...quiet });
      const change = { action: 'delete', profile, before } as const;
      return { change, fields: changedFields(change), impact: sums.sums() };
    });
    const plan = aPlan(changes);
    const text = planMarkdown({ ...plan, needs: needsOf(plan, new Map()) }, { showClients: false });
    assert.ok(text.length <= 60_000, `${text.length}`);
    assert.match(text, /> - 300 profiles go, and 300 clients lose their profile: write these lines/);
    const [, block = ''] = /```json\n([\s\S]*?)>\s+```/.exec(text) ?? [];
    const written = JSON.parse(`{${block.replaceAll(/^> +/gm, '').trim().replace(/,$/, '')}}`) as object;
    assert.deepEqual(written, Object.fromEntries(ids.map((id) => [id, 1])));
    for (const id of ids) assert.ok(text.includes(`| <code>${id}</code> | delete |`), id);
  });

  it('stays within what GitHub takes, whatever is needed', () => {
    const plan = aPlan(
      Array.from({ length: 1_000 }, (_, i) => anUpdate(`acme/p${i}`, '|'.repeat(255), ['c-1'])),
    );
    const long = (i: number) => `acme/${'x'.repeat(180)}${i}`;
    const needs = Array.from({ length: 400 }, (_, i) => [
      { kind: 'conflict', profile: long(i) } as const,
      { kind: 'acknowledgement', profile: long(i), clients: 1, acknowledged: null } as const,
    ]).flat();
    const text = planMarkdown({ ...plan, needs }, { showClients: false });
    assert.ok(text.length <= 60_000, `${text.length}`);
    assert.match(text, /and \d+ more: the summary of the job has them/);
  });

  const longestId = `acme/${'x'.repeat(186)}`;

  it('stays within it too where every text is as long as it may be, and of signs that are escaped', () => {
    for (const sign of ['@', '😀', '価', '\ud800']) {
      const text191 = sign.repeat(191).slice(0, 191);
      const needs = Array.from({ length: 60 }, () => ({ kind: 'conflict', profile: text191 }) as const);
      const drift = Array.from({ length: 60 }, () => ({
        profile: text191,
        kind: 'edited' as const,
        resolution: 'conflict' as const,
        fields: [{ path: text191, applied: text191, mysql: text191, file: text191 }],
      }));
      const changes = Array.from({ length: 300 }, () => ({
        ...anUpdate(longestId, sign.repeat(400), [text191]),
        uncovered: Array.from({ length: 20 }, () => `advanced:${text191}`),
      }));
      const moves = Array.from({ length: 400 }, () => ({
        from: text191,
        to: text191,
        clients: 1,
        newlyTold: 1,
        some: [text191],
      }));
      const holds = Array.from({ length: 60 }, () => text191);
      const unknownProfiles = [{ profile: text191, clients: 1 }];
      const plan = { ...aPlan(changes), needs, drift, moves, holds, unknownProfiles };
      const text = planMarkdown(plan, { showClients: true });
      assert.ok(text.length <= 60_000, `${sign}: ${text.length}`);
      assert.match(text, /<sub>Plan/);
    }
  });

  it('says the whole of what a deletion with the longest id needs', () => {
    const need = { kind: 'acknowledgement', profile: longestId, clients: 2, acknowledged: null } as const;
    const text = planMarkdown(
      { ...aPlan([anUpdate('acme/a', 'A', [])]), needs: [need] },
      { showClients: false },
    );
    assert.ok(text.includes(`write &#34;${longestId}&#34;: 2 under`), text);
    assert.match(text, /which the owners of that file review\n/);
  });

  it('shortens what no scenario covers before it leaves out a row', () => {
    const uncovered = Array.from({ length: 60 }, (_, i) => `advanced:after-so-many-days-${i}`);
    const plan = aPlan(
      Array.from({ length: 200 }, (_, i) => ({ ...anUpdate(`acme/p${i}`, 'A', ['c-1']), uncovered })),
    );
    const text = planMarkdown(plan, { showClients: false });
    assert.equal(text.match(/^\| <code>acme\/p/gm)?.length, 200);
    assert.match(text, /no scenario covers (<code>[^|]*, \d\d more|60 rules)/);
    const [first] =
      planMarkdown(aPlan(plan.changes.slice(0, 1)), { showClients: false }).match(/covers.*/) ?? [];
    assert.equal(first?.match(/<code>/g)?.length, 20);
  });

  it('a list that is too long takes no room from the details of changes', () => {
    const moves = Array.from({ length: 3_000 }, (_, i) => ({
      from: null,
      to: `acme/p${i}`,
      clients: 1,
      newlyTold: 0,
      some: [],
    }));
    const text = planMarkdown(
      { ...aPlan([anUpdate('acme/a', 'A', ['c-1'])]), moves },
      { showClients: false },
    );
    assert.ok(text.includes('<summary><code>acme/a</code> update'), text.slice(-500));
    const rows = text.match(/^\| none \| <code>/gm)?.length ?? 0;
    assert.ok(rows > 0);
    assert.equal(rows + Number(/…and (\d+) more: the summary of the job has them\n/.exec(text)?.[1]), 3_000);
  });

  it('cuts nothing where there is no limit', () => {
    const emails = Array.from({ length: 60 }, (_, i) => `someone-${i}@acme.example`);
    const after = aContent({ clientNotification: { threshold: 50, emails } });
    const change = { action: 'update', profile: 'acme/a', before, after } as const;
    const ids = Array.from({ length: 300 }, (_, i) => `client-${i}`);
    const planned = { ...anUpdate('acme/a', 'A', ids), change, fields: changedFields(change) };
    const text = planMarkdown(aPlan([planned]), { showClients: true, unlimited: true });
    for (const [i, id] of ids.entries()) {
      assert.ok(text.includes(`<code>${id}</code>`), id);
      if (i < emails.length) assert.ok(text.includes(`someone-${i}&#64;`), String(i));
    }
  });

  it('begins with what tells clients newly, then with what leaves them without a profile', () => {
    const gone = { action: 'delete', profile: 'acme/b-gone', before } as const;
    const sums = createImpactSums(normaliseProfile('acme/b-gone', before), undefined);
    sums.add('c-9', { sendingBefore: [], sendingNow: [], ...quiet });
    const text = planMarkdown(
      aPlan([
        anUpdate('acme/a-harmless', 'A', []),
        { change: gone, fields: changedFields(gone), impact: sums.sums() },
        anUpdate('acme/c-one', 'C', ['c-1']),
        anUpdate('acme/d-two', 'D', ['c-2', 'c-3']),
      ]),
      { showClients: false },
    );
    const rows = [...text.matchAll(/^\| <code>acme\/([a-z-]+)/gm)].map(([, name]) => name);
    assert.deepEqual(rows, ['d-two', 'c-one', 'b-gone', 'a-harmless']);
  });

  it('has every one of 300 changes with its numbers and its changed fields', () => {
    const ids = Array.from({ length: 300 }, (_, i) => `reseller-${i % 20}/prepaid-wholesale-${i}`);
    const changes = ids.map((id, i) => anUpdate(id, 'Prepaid', i % 3 === 0 ? ['c-1'] : []));
    const text = planMarkdown(aPlan(changes), { showClients: false });
    assert.ok(text.length <= 60_000);
    for (const id of ids) assert.ok(text.includes(`| <code>${id}</code> | update |`), id);
    assert.equal(text.match(/clientNotification&#46;threshold 50 → 90/g)?.length, 300);
    assert.doesNotMatch(text, /…and \d+ more: /);
  });

  it('has all of it where there is no limit', () => {
    const changes = Array.from({ length: 1_000 }, (_, i) => anUpdate(`acme/p${i}`, '|'.repeat(255), ['c-1']));
    const text = planMarkdown(aPlan(changes), { showClients: false, unlimited: true });
    assert.equal(text.match(/<details>/g)?.length, 1_000);
  });

  it('says which problems allow no plan', () => {
    const problem = {
      file: 'profiles/acme',
      line: 1,
      column: 1,
      severity: 'error',
      code: 'missing-reseller-folder',
      message: 'it is <b>missing</b>',
    } as const;
    const text = problemsMarkdown([problem]);
    assert.ok(text.startsWith(planMarker));
    assert.match(text, /missing-reseller-folder: it is &#60;b&#62;missing/);
    const long = { ...problem, message: `MySQL holds ${'acme/a, '.repeat(100)} and more; expected a folder` };
    assert.match(problemsMarkdown([long]), /expected a folder\n/);
    const many = problemsMarkdown(Array.from({ length: 2_000 }, () => long));
    assert.ok(many.length <= 60_000, String(many.length));
    assert.match(many, /- …and \d+ more: the summary of the job has them\n/);
    const all = problemsMarkdown(
      Array.from({ length: 2_000 }, () => long),
      { unlimited: true },
    );
    assert.equal(all.match(/expected a folder/g)?.length, 2_000);
  });

  it('says it where there is no change', () => {
    assert.match(planMarkdown(aPlan([]), { showClients: false }), /no changes/);
  });
});
