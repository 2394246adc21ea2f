import assert from 'node:assert/strict';
import { durationMs, formatDuration, parseDuration } from '../../domain/duration.js';
import { multiply, toDecimal } from '../../domain/money.js';
import { noticesFor } from '../../domain/notices.js';
import { endReasonOf } from '../../domain/reading.js';
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
      { audience: 'staff', recipients: ['manager@acme.example', 'NOC@acme.example'], rules: ['user'] },
      { audience: 'client', recipients: ['billing@client.example'], rules: ['client', 'advanced:dormant'] },
    ]);
  });

  it("gives an address of both audiences the client's wording, naming each threshold", () => {
    const notices = noticesFor(
      aProfile({ userNotification: { threshold: 100 } }),
      aClient({ managerEmail: 'BILLING@client.example' }),
      ['user', 'client'],
    );
    assert.deepEqual(notices, [
      { audience: 'client', recipients: ['billing@client.example'], rules: ['user', 'client'] },
    ]);
  });

  it('leaves an invalid address out', () => {
    assert.deepEqual(
      noticesFor(aProfile(), aClient({ billingEmail: 'a@b\r\nBcc: x@y.example' }), ['client']),
      [],
    );
  });
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
