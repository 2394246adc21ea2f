import assert from 'node:assert/strict';
import { statusText } from '../../cli/operate/status-text.js';
import { detailsOf } from '../../workflows/details.js';
import type { WatchStatus } from '../../workflows/messages.js';

const status: WatchStatus = {
  clientId: 'C-1',
  profile: { id: 'acme/a', name: 'Prepaid *USD*', version: 3 },
  availableBalance: '40',
  currency: 'USD',
  state: 'low',
  rules: { client: { count: 1, maxQty: 3, decision: 'send', reason: 'low', threshold: '50' } },
  lastRefillAt: null,
  mutedUntil: null,
  unknown: null,
  bounced: [],
  unreached: [],
  telling: null,
  lastCheckAt: '2026-11-24T09:00:00.000Z',
  nextCheckAt: '2026-11-25T09:00:00.000Z',
};

describe('what people read of a client', () => {
  const page = (changes: Partial<WatchStatus>) => detailsOf({ ...status, ...changes }, []);
  const command = (changes: Partial<WatchStatus>) => statusText({ ...status, ...changes });

  for (const [delivery, words] of [
    ['bounced', 'Mail bounced'],
    ['blocked', 'Mail blocked'],
    ['dropped', 'Mail dropped'],
    ['spam-report', 'Marked as spam'],
  ] as const)
    it(`names mail that was not delivered by its kind: ${delivery}`, () => {
      const unreached = [{ rule: 'client', delivery }] as const;
      assert.ok(page({ unreached }).includes(`- **${words}** at an address of client`));
      assert.match(command({ unreached }), new RegExp(`^${words} +at an address of client$`, 'm'));
      if (delivery !== 'bounced')
        assert.doesNotMatch(page({ unreached }) + command({ unreached }), /bounced/i);
    });

  it('keeps the kinds apart where there are several', () => {
    const text = page({
      unreached: [
        { rule: 'user', delivery: 'spam-report' },
        { rule: 'client', delivery: 'bounced' },
        { rule: 'user', delivery: 'bounced' },
      ],
    });
    assert.match(
      text,
      /\*\*Mail bounced\*\* at an address of client, user\n- \*\*Marked as spam\*\* at an address of user\n/,
    );
  });

  it('is the same on the page and in the command, line by line', () => {
    const changes: Partial<WatchStatus> = {
      mutedUntil: '2026-11-24T12:00:00.000Z',
      unknown: { reason: 'no exchange rate', since: '2026-11-24T09:00:00.000Z' },
      telling: { rules: ['client'], until: '2026-11-25T09:00:00.000Z' },
      unreached: [{ rule: 'client', delivery: 'blocked' }],
    };
    const onPage = [...page(changes).matchAll(/^- \*\*(.+)\*\* (.+)$/gm)].map(([, name, text]) => [
      name,
      text,
    ]);
    const inCommand = command(changes)
      .split('\n\n')[0]!
      .split('\n')
      .map((line) => /^(\S.*?) {2,}(\S.*)$|^(Available balance) (.*)$/.exec(line)!)
      .map((found) => [found[1] ?? found[3], found[2] ?? found[4]]);
    const plain = onPage.map(([name, text]) => [name, text!.replaceAll('\\', '')]);
    assert.deepEqual(plain, inCommand.slice(1));
    assert.equal(plain.length, 10);
  });

  it('lets no name of others act as Markdown', () =>
    assert.ok(page({}).includes('**Profile** Prepaid \\*USD\\* (acme/a, version 3)')));
});
