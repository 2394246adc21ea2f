import assert from 'node:assert/strict';
import { planMarkdown, planMarker } from '../../cli/review/plan-markdown.js';
import type { Plan, PlannedChange } from '../../planning/make-plan.js';
import { createImpactSums } from '../../planning/impact-sums.js';
import { changedFields } from '../../planning/plan.js';
import { normaliseProfile } from '../../domain/profile/profile.js';
import { aContent } from './builders.js';

const before = aContent();

function anUpdate(profile: string, name: string, newlyTold: readonly string[]): PlannedChange {
  const after = aContent({ name, clientNotification: { threshold: 90, emails: ['a@b.example'] } });
  const sums = createImpactSums(normaliseProfile(profile, before), normaliseProfile(profile, after));
  for (const id of newlyTold)
    sums.add(id, { sendingBefore: [], sendingNow: ['client'], unknown: false, wakes: false, counting: [] });
  const change = { action: 'update', profile, before, after } as const;
  return { change, fields: changedFields(change), impact: sums.sums() };
}

function aPlan(changes: readonly PlannedChange[]): Plan {
  return { hash: 'f'.repeat(64), at: 0, oneInstant: true, changes, drift: [], guards: [] };
}

describe('planMarkdown', () => {
  it('begins with the marker and the table, and names how many are newly told', () => {
    const text = planMarkdown(aPlan([anUpdate('acme/a', 'A', ['c-1', 'c-2'])]), false);
    const lines = text.split('\n');
    assert.equal(lines[0], planMarker);
    assert.ok(text.indexOf('| Profile |') < text.indexOf('<details>'));
    assert.ok(lines.includes('| <code>acme/a</code> | update | 2 | 0 → 2 | **2** | 0 | 0 |'), text);
  });

  it('names clients only where asked to', () => {
    const plan = aPlan([anUpdate('acme/a', 'A', ['client-77'])]);
    assert.ok(!planMarkdown(plan, false).includes('client-77'));
    assert.ok(planMarkdown(plan, true).includes('client-77'));
  });

  it('stays within 60,000 characters, and says how much is missing', () => {
    const ids = Array.from({ length: 500 }, (_, i) => `client-${i}`);
    const changes = Array.from({ length: 1_000 }, (_, i) => anUpdate(`acme/p${i}`, '|'.repeat(255), ids));
    const text = planMarkdown(aPlan(changes), true);
    assert.ok(text.length <= 60_000, String(text.length));
    assert.match(text, /…and \d+ more\.\n/);
    assert.match(text, /…and the details of \d+ more\.\n/);
    const rows = text.match(/^\| <code>acme&#|^\| <code>acme\/p/gm)?.length ?? 0;
    assert.equal(rows + Number(/…and (\d+) more\.\n/.exec(text)?.[1]), 1_000);
    assert.equal(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
  });

  it('lets nothing that people wrote act in the comment', () => {
    const hostile =
      '</details>|`x`@team #1 [a](https://evil.example) <!-- --> **b**\n# c\u202e www.evil.example';
    const plain = planMarkdown(aPlan([anUpdate('acme/a', 'plain', [])]), false);
    const text = planMarkdown(aPlan([anUpdate('acme/a', hostile, [])]), false);
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
    const text = planMarkdown(
      { ...aPlan([anUpdate('acme/b', 'B', ['c-1'])]), drift: [conflict], guards },
      false,
    );
    assert.ok(text.indexOf('**Refused** by <code>maxNewlyTold</code>') < text.indexOf('| Profile |'), text);
    assert.ok(!text.includes('maxUpdatedPercent'));
    assert.ok(text.includes('| <code>maxQty</code> | <code>3</code> | <code>7</code> | <code>5</code> |'));
  });

  it('says it where there is no change', () => {
    assert.match(planMarkdown(aPlan([]), false), /no changes/);
  });
});
