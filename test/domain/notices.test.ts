import assert from 'node:assert/strict';
import fc from 'fast-check';
import { durationMs, formatDuration, parseDuration } from '../../domain/duration.js';
import { multiply, toDecimal } from '../../domain/money.js';
import { maskedAddress, withMaskedAddresses } from '../../domain/masked-address.js';
import { normalAddress, noticesFor, unreachedRules } from '../../domain/notices.js';
import { endReasonOf, isAddress, readingOf } from '../../domain/reading.js';
import { aClient, aProfile } from './builders.js';

const profile = aProfile({
  userNotification: { threshold: 100, users: ['j.doe'], emails: ['noc@acme.example'] },
  advancedRules: [{ name: 'dormant', threshold: 5, emails: ['Billing@Client.example'] }],
});

describe('notices (rule 9)', () => {
  it('tells the staff and the client in two notices, each address once', () => {
    const notices = noticesFor(profile, aClient({ users: { 'j.doe': 'NOC@acme.example' } }), [
      'user',
      'client',
      'advanced:dormant',
    ]);
    assert.deepEqual(notices, [
      {
        kind: 'low',
        channel: 'email',
        audience: 'staff',
        recipients: ['manager@acme.example', 'NOC@acme.example'],
        rules: ['user'],
        recovered: [],
      },
      {
        kind: 'low',
        channel: 'email',
        audience: 'client',
        recipients: ['billing@client.example'],
        rules: ['client', 'advanced:dormant'],
        recovered: [],
      },
    ]);
  });

  it("gives an address of both audiences the client's wording, naming each threshold", () => {
    const notices = noticesFor(
      aProfile({ userNotification: { threshold: 100 } }),
      aClient({ managerEmail: 'BILLING@client.example' }),
      ['user', 'client'],
    );
    assert.deepEqual(notices, [
      {
        kind: 'low',
        channel: 'email',
        audience: 'client',
        recipients: ['billing@client.example'],
        rules: ['user', 'client'],
        recovered: [],
      },
    ]);
  });

  it('leaves an invalid address out', () => {
    assert.deepEqual(
      noticesFor(aProfile(), aClient({ billingEmail: 'a@b\r\nBcc: x@y.example' }), ['client']),
      [],
    );
  });
});

describe('who cannot be told, and who is not reached', () => {
  const named = aProfile({
    userNotification: { threshold: 100, users: ['gone'], emails: ['nonsense', 'noc@acme.example'] },
  });

  it('names what is no address, and a login without one, with the notice of the others', () => {
    assert.deepEqual(noticesFor(named, aClient(), ['user'])[0]?.leftOut, [
      { address: 'nonsense', reason: 'not an e-mail address' },
      { address: 'gone', reason: 'no user with an e-mail has this login' },
    ]);
  });

  for (const address of [
    'a\u202eb@client.example',
    'a\u200bb@client.example',
    'a b@client.example',
    '@client.example',
  ]) {
    it(`takes ${JSON.stringify(address)} for no address`, () => assert.equal(isAddress(address), false));
  }

  it('names the rules whose address mail did not reach, without regard to case', () => {
    const client = aClient({ billingEmail: 'Billing@Client.example' });
    const found = (...unreached: readonly (readonly [string, string])[]) =>
      unreachedRules(named, client, new Map(unreached));
    assert.deepEqual(found(['billing@client.example', 'bounced']), [{ rule: 'client', delivery: 'bounced' }]);
    assert.deepEqual(found(['noc@acme.example', 'spam-report']), [{ rule: 'user', delivery: 'spam-report' }]);
    assert.deepEqual(found(), []);
  });

  for (const [address, shown] of [
    ['j.doe@acme.example', 'j***@acme.example'],
    ['j@acme.example', 'j***@acme.example'],
    ['\u{1f600}x@acme.example', '\u{1f600}***@acme.example'],
    ['"a@b"@acme.example', '"***@acme.example'],
    ['@acme.example', '***'],
    ['nonsense', '***'],
  ] as const) {
    it(`shows ${address} as ${shown}`, () => assert.equal(maskedAddress(address), shown));
  }

  it('masks addresses within a text', () =>
    assert.equal(
      withMaskedAddresses('550 <j.doe@acme.example>: unknown, see noc@acme.example'),
      '550 <j***@acme.example>: unknown, see n***@acme.example',
    ));
});

describe('who is watched (rule 13)', () => {
  for (const [name, client, expected] of [
    ['an active prepaid client', aClient(), undefined],
    ['a suspended one, still', aClient({ status: 'suspended' }), undefined],
    ['not a closed one', aClient({ status: 'closed' }), 'closed'],
    ['not one that pays later', aClient({ prepaid: false }), 'not-prepaid'],
    ['not one the billing system does not know', undefined, 'not-found'],
  ] as const) {
    it(name, () => assert.equal(endReasonOf(client, profile), expected));
  }
  it('not one without a profile', () => assert.equal(endReasonOf(aClient(), undefined), 'no-profile'));
});

describe('durations and money', () => {
  it('reads combined durations', () => assert.equal(durationMs('1d12h'), 36 * 3_600_000));
  it('prints them back', () => assert.equal(formatDuration(36 * 3_600_000 + 5_000), '1d12h5s'));
  for (const bad of ['', '24', 'h', '1.5h', '-1h', '24 h', '1y', '999999999w']) {
    it(`refuses "${bad}"`, () => assert.equal(parseDuration(bad), undefined));
  }
  it('multiplies exactly', () => assert.equal(multiply('0.1', '0.2'), '0.02'));
  it('prints without exponent', () => assert.equal(toDecimal(1e-8), '0.00000001'));
});

describe('who hears of a recovery (rule 20)', () => {
  const profile = aProfile({ userNotification: { threshold: 100, emails: ['x@acme.example'] } });
  const reached = (...addresses: readonly string[]) =>
    addresses.map((address) => ({ address, audience: 'client' as const }));

  it('is whom the last notice reached, whoever the rule names now', () => {
    const [notice, ...others] = noticesFor(
      profile,
      aClient(),
      [],
      [{ rule: 'client', reached: reached('old@client.example') }],
    );
    assert.deepEqual(others, []);
    assert.deepEqual(
      [notice?.kind, notice?.rules, notice?.recovered, notice?.recipients],
      ['recovered', [], ['client'], ['old@client.example']],
    );
  });

  it('gets one mail that also names a rule which is low, and nobody else’s mail names the recovery', () => {
    const notices = noticesFor(
      profile,
      aClient(),
      ['user'],
      [{ rule: 'client', reached: reached('X@acme.example', 'billing@client.example') }],
    );
    assert.deepEqual(
      notices.map(({ kind, audience, rules, recovered, recipients }) => ({
        kind,
        audience,
        rules,
        recovered,
        recipients,
      })),
      [
        {
          kind: 'low',
          audience: 'staff',
          rules: ['user'],
          recovered: [],
          recipients: ['manager@acme.example'],
        },
        {
          kind: 'low',
          audience: 'staff',
          rules: ['user'],
          recovered: ['client'],
          recipients: ['x@acme.example'],
        },
        {
          kind: 'recovered',
          audience: 'client',
          rules: [],
          recovered: ['client'],
          recipients: ['billing@client.example'],
        },
      ],
    );
  });

  it('hears of several rules in one mail, and of no rule that it was not told of', () => {
    const notices = noticesFor(
      profile,
      aClient(),
      [],
      [
        { rule: 'user', reached: reached('a@client.example') },
        { rule: 'client', reached: reached('A@client.example', 'b@client.example') },
      ],
    );
    assert.deepEqual(
      notices.map(({ recovered, recipients }) => [recovered, recipients]),
      [
        [['client'], ['b@client.example']],
        [['user', 'client'], ['a@client.example']],
      ],
    );
  });

  it('is nobody where nobody was reached', () => {
    assert.deepEqual(noticesFor(profile, aClient(), [], [{ rule: 'client', reached: [] }]), []);
  });

  it('is told by one e-mail an address, whatever was reached before', () => {
    const addresses = fc.subarray(['a@x.example', 'A@x.example', 'b@x.example', 'manager@acme.example']);
    const audience = fc.constantFrom('staff' as const, 'client' as const);
    const recovery = (rule: 'user' | 'client') =>
      fc.record({
        rule: fc.constant(rule),
        reached: addresses.chain((some) =>
          fc.tuple(...some.map((address) => fc.record({ address: fc.constant(address), audience }))),
        ),
      });
    fc.assert(
      fc.property(
        fc.subarray(['user' as const, 'client' as const]),
        recovery('user'),
        recovery('client'),
        (sending, user, client) => {
          const notices = noticesFor(profile, aClient(), sending, [user, client]);
          const told = notices.flatMap(({ recipients }) => recipients.map(normalAddress));
          assert.equal(new Set(told).size, told.length, JSON.stringify(notices));
          for (const { rule, reached: wanted } of [user, client])
            for (const { address } of wanted) {
              const own = notices.find(({ recipients }) =>
                recipients.map(normalAddress).includes(normalAddress(address)),
              );
              assert.ok(own?.recovered.includes(rule), JSON.stringify({ address, notices }));
            }
        },
      ),
    );
  });
});

describe('webhooks (rules 4, 9 and 20)', () => {
  const withWebhooks = aProfile({
    userNotification: { threshold: 100, webhooks: ['crm'] },
    clientNotification: { threshold: 50, webhooks: ['crm', 'erp'] },
    advancedRules: [{ name: 'quiet', threshold: 5, notify: false, webhooks: ['erp'] }],
  });
  const webhooksOf = (notices: ReturnType<typeof noticesFor>) =>
    notices
      .filter(({ channel }) => channel !== 'email')
      .map(({ channel, kind, rules, recovered }) => [channel, kind, rules, recovered]);

  it('gets one message that names every rule that names it, of the staff and of the client', () => {
    const notices = noticesFor(withWebhooks, aClient(), ['user', 'client', 'advanced:quiet']);
    assert.deepEqual(webhooksOf(notices), [
      ['webhook:crm', 'low', ['user', 'client'], []],
      ['webhook:erp', 'low', ['client', 'advanced:quiet'], []],
    ]);
  });

  it('is a recipient: a rule that names nobody else notifies', () => {
    const { recipients } = readingOf(aClient({ billingEmail: null }), withWebhooks);
    assert.equal(recipients['advanced:quiet'], 1);
    assert.deepEqual(webhooksOf(noticesFor(withWebhooks, aClient(), ['advanced:quiet'])), [
      ['webhook:erp', 'low', ['advanced:quiet'], []],
    ]);
  });

  it('hears of a recovery exactly where it accepted the last notice, with what is low in the same message', () => {
    const recoveries = [
      {
        rule: 'client' as const,
        reached: [{ address: 'erp', audience: 'staff' as const, channel: 'webhook:erp' }],
      },
    ];
    assert.deepEqual(webhooksOf(noticesFor(withWebhooks, aClient(), ['user'], recoveries)), [
      ['webhook:crm', 'low', ['user'], []],
      ['webhook:erp', 'recovered', [], ['client']],
    ]);
    assert.deepEqual(webhooksOf(noticesFor(withWebhooks, aClient(), ['advanced:quiet'], recoveries)), [
      ['webhook:erp', 'low', ['advanced:quiet'], ['client']],
    ]);
    const mails = noticesFor(withWebhooks, aClient(), [], recoveries).filter(
      ({ channel }) => channel === 'email',
    );
    assert.deepEqual(mails, [], 'a webhook is no address');
  });
});
