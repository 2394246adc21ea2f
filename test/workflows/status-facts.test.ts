import assert from 'node:assert/strict';
import { statusText } from '../../cli/operate/status-text.js';
import { detailsOf, notSentText } from '../../workflows/details.js';
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

  it('says of each rule its limit, what that was made of, on which side, and until when it is quiet', () => {
    const rule = { count: 1, maxQty: 3, decision: 'quiet' } as const;
    const until = '2026-11-25T08:00:00.000Z';
    const rules: WatchStatus['rules'] = {
      client: {
        ...rule,
        reason: 'outside-hours',
        threshold: '117.142857142858',
        figures: { kind: 'lasts', lastsMs: 172_800_000, dailySpend: '58.571428571429' },
        until,
      },
      'advanced:owes': {
        ...rule,
        reason: 'max-qty-reached',
        threshold: '1000',
        figures: { kind: 'amount', amount: '1000', currency: 'USD', rate: '1' },
        when: 'above',
      },
      'advanced:fifth': {
        ...rule,
        reason: 'no-basis',
        threshold: null,
        figures: { kind: 'percentOfCreditLimit', percent: '20', creditLimit: '0' },
      },
      'advanced:own': {
        ...rule,
        decision: 'send',
        reason: 'recovered',
        threshold: '27',
        figures: { kind: 'own', ownThreshold: '27' },
      },
      'advanced:older': { ...rule, reason: 'unknown', threshold: null },
    };
    const expected = [
      [
        'client',
        '117.14285714 USD (what is spent in 2d at 58.57142857 USD a day)',
        'quiet: outside of the sending hours, until 2026-11-25 08:00:00 UTC',
      ],
      [
        'advanced:owes',
        'above 1000 USD',
        'quiet: Max Qty is reached, until the balance is not above the threshold',
      ],
      [
        'advanced:fifth',
        '20% of the credit limit, 0 USD',
        'quiet: there is nothing to take the threshold from',
      ],
      [
        'advanced:own',
        '27 USD (its own threshold, 27 USD)',
        'send: the available balance is not below the threshold any more',
      ],
      ['advanced:older', 'no exchange rate', 'quiet: the billing data is not known'],
    ] as const;
    const plain = page({ rules }).replaceAll('\\', '');
    const table = command({ rules }).replaceAll(/ +/g, ' ');
    for (const [key, threshold, decision] of expected) {
      assert.ok(plain.includes(`| ${key} | ${threshold} | 1 | 3 | ${decision} |`), plain);
      assert.ok(table.includes(`│ ${key} │ ${threshold} │ 1 of 3 │ ${decision} │`), table);
    }
  });

  it('says what the state means where rules are about a balance above, or have nothing to go by', () => {
    const rule = { count: 0, maxQty: 3, decision: 'quiet', threshold: null } as const;
    const state = (changes: Partial<WatchStatus>) => /^State +(.*)$/m.exec(command(changes))?.[1];
    assert.equal(
      state({ state: 'ok', rules: { client: { ...rule, reason: 'not-low', when: 'above' } } }),
      'ok: beyond no threshold, no notice is sent',
    );
    assert.equal(
      state({ state: 'ok', rules: { client: { ...rule, reason: 'no-basis' } } }),
      'ok: there is nothing to take a threshold from, no notice is sent',
    );
    assert.equal(
      state({ state: 'ok', rules: { client: { ...rule, reason: 'not-low' } } }),
      'ok: above every threshold, no notice is sent',
    );
  });

  it('lets no name of others act as Markdown', () =>
    assert.ok(page({}).includes('**Profile** Prepaid \\*USD\\* (acme/a, version 3)')));

  const reason = 'it is stopped since 2026-11-24T09:00:00.000Z: crm.acme.example answered 410';
  for (const [title, failed, note] of [
    ['a mail', { rules: ['client', 'user'], reason: 'refused' }, 'client, user not sent: refused'],
    [
      'a stopped webhook',
      { rules: ['client'], reason, webhook: 'crm' },
      `client not sent to the webhook "crm": ${reason}`,
    ],
    [
      'a recovery alone',
      { rules: [], recovered: ['client'], reason, webhook: 'crm' },
      `client recovered not sent to the webhook "crm": ${reason}`,
    ],
  ] as const)
    it(`names what was not sent, and where: ${title}`, () => {
      assert.equal(notSentText(failed), note);
      assert.ok(detailsOf(status, [notSentText(failed)]).includes(`- ${note}`));
    });
});
