import assert from 'node:assert/strict';
import { gateClient, type ClientRow, type ResellerRow } from '../../billing/client-gate.js';
import { gateRate, gateUsers } from '../../billing/profile-facts.js';
import { faultsText, isUnclear, languageOf, type ClientFacts } from '../../domain/client.js';
import { readInstant } from '../../billing/values/read-instant.js';
import { addressesIn } from '../../domain/addresses-in.js';

const row: ClientRow = {
  client_id: 'C-1',
  name: 'Client One',
  reseller_id: 'acme',
  profile_id: 'acme/prepaid',
  client_group: null,
  currency: 'USD',
  balance: '12.50',
  credit_limit: '0.00000000',
  billing_email: 'billing@client.example',
  status: 'active',
  prepaid: 1,
  language: 'de',
  time_zone: 'Europe/Vienna',
  created_at: '2025-01-01 00:00:00.000000',
  last_charge_at: '2026-01-01 10:00:00.123456',
  last_refill_at: null,
  last_refill_amount: null,
  own_threshold: null,
  daily_spend: null,
};
const acme: ResellerRow = { reseller_id: 'acme', name: 'Acme', manager_email: 'manager@acme.example' };
const utc = (text: string) => Date.parse(`${text}Z`);
const bytes = (...values: readonly number[]) => Buffer.from(values);

function read(changes: ClientRow, resellers: readonly ResellerRow[] = [acme]) {
  return gateClient([{ ...row, ...changes }], resellers);
}

describe('the gate of billing data', () => {
  const meanings: readonly (readonly [name: string, changes: ClientRow, expected: Partial<ClientFacts>])[] = [
    ['an INT id', { client_id: 17, reseller_id: 4 }, { clientId: '17', resellerId: '4' }],
    ['a BIGINT id', { client_id: '9007199254740993' }, { clientId: '9007199254740993' }],
    ['a CHAR id with trailing blanks', { client_id: 'C-1   ' }, { clientId: 'C-1' }],
    ['a leading blank, which belongs to an id', { client_id: ' C-1' }, { clientId: ' C-1' }],
    ['a BINARY id, filled up with zeros', { client_id: Buffer.from('C-1\0\0\0') }, { clientId: 'C-1' }],
    ['a VARBINARY id of another alphabet', { client_id: Buffer.from('客户') }, { clientId: '客户' }],
    [
      'a UUID in BINARY(16)',
      { client_id: Buffer.from('9f3c0a7be1d24c5fa8b6d7e0f1a2b300', 'hex') },
      { clientId: '0x9f3c0a7be1d24c5fa8b6d7e0f1a2b300' },
    ],
    ['a tab at the end of an id, which is no blank for SQL', { client_id: 'C-1\t' }, { clientId: 'C-1\t' }],
    ['a client without a reseller', { reseller_id: null }, { resellerId: null, managerEmail: null }],
    ['an empty reseller id', { reseller_id: '' }, { resellerId: null, managerEmail: null }],
    ['a status in any case', { status: ' Suspended ' }, { status: 'suspended' }],
    ['a status in upper case', { status: 'CLOSED' }, { status: 'closed' }],
    ['a profile with blanks', { profile_id: ' acme/prepaid ' }, { profileId: 'acme/prepaid' }],
    [
      'a profile in another case, which is another',
      { profile_id: 'Acme/Prepaid' },
      { profileId: 'Acme/Prepaid' },
    ],
    ['an empty profile', { profile_id: '' }, { profileId: null }],
    ['a currency in lower case with blanks', { currency: ' usd ' }, { currency: 'USD' }],
    ['a DATE', { created_at: '2026-02-03' }, { createdAt: utc('2026-02-03T00:00:00') }],
    [
      'a time with Z',
      { last_refill_at: '2026-02-03T04:05:06Z' },
      { lastRefillAt: utc('2026-02-03T04:05:06') },
    ],
    [
      'a time with an offset',
      { last_refill_at: '2026-02-03T04:05:06.500+02:00' },
      { lastRefillAt: utc('2026-02-03T02:05:06.500') },
    ],
    [
      'a time with an offset of hours',
      { last_refill_at: '2026-02-03 04:05:06-05' },
      { lastRefillAt: utc('2026-02-03T09:05:06') },
    ],
    [
      'a zero DATETIME',
      { last_charge_at: '0000-00-00 00:00:00', created_at: '0000-00-00' },
      { lastChargeAt: null, createdAt: null },
    ],
    [
      'a time of the first century',
      { last_charge_at: '0001-01-01 00:00:00' },
      { lastChargeAt: Date.parse('0001-01-01T00:00:00Z') },
    ],
    [
      'a time with an offset of half an hour',
      { last_refill_at: '2026-02-03 04:05:06 +0530' },
      { lastRefillAt: utc('2026-02-02T22:35:06') },
    ],
    ['a zero DATETIME(6)', { last_refill_at: '0000-00-00 00:00:00.000000' }, { lastRefillAt: null }],
    ['no creation', { created_at: null }, { createdAt: null, doubts: [] }],
    ["a DOUBLE's noise", { balance: 0.1 + 0.2 }, { balance: '0.3' }],
    ["a FLOAT's noise", { balance: 0.10000000149011612 }, { balance: '0.1' }],
    ['a large DOUBLE', { balance: 123456789012.34 }, { balance: '123456789012.34' }],
    ['an exact DECIMAL', { balance: '0.123456789012345678' }, { balance: '0.123456789012345678' }],
    ['an amount as text', { balance: ' -12.50 ' }, { balance: '-12.5' }],
    ['a negative zero', { balance: '-0.00', credit_limit: -0 }, { balance: '0', creditLimit: '0' }],
    ['zeros before an amount', { balance: '0000012.50' }, { balance: '12.5' }],
    ['a negative credit limit', { credit_limit: '-5.00' }, { creditLimit: '-5' }],
    ['an amount with an exponent', { balance: '1e-7' }, { balance: '0.0000001' }],
    [
      'an amount without a leading digit',
      { balance: '.5', credit_limit: '+3.' },
      { balance: '0.5', creditLimit: '3' },
    ],
    ['no name', { name: null }, { name: 'C-1' }],
    ['an empty name', { name: '  ' }, { name: 'C-1' }],
    ['no e-mail', { billing_email: '' }, { billingEmail: null }],
    [
      'the optional columns',
      { client_group: 'vip ', own_threshold: '5.0', daily_spend: 2.5, last_refill_amount: '100' },
      { group: 'vip', ownThreshold: '5', dailySpend: '2.5', lastRefillAmount: '100' },
    ],
  ];
  for (const [name, changes, expected] of meanings) {
    it(`reads ${name}`, () => {
      const client = read(changes);
      assert.ok(!isUnclear(client), isUnclear(client) ? faultsText(client.faults) : '');
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(client[key as keyof ClientFacts], value, key);
    });
  }

  const yes = [
    1,
    '1',
    true,
    bytes(1),
    bytes(0, 1),
    'Y',
    'y',
    't',
    'TRUE',
    'Yes',
    'prepaid',
    'Prepaid ',
    '1.0',
    Buffer.from('y'),
  ];
  const no = [0, '0', false, bytes(0), 'N', 'f', 'False', 'no', 'POSTPAID', Buffer.from('n')];
  for (const [values, expected] of [
    [yes, true],
    [no, false],
  ] as const) {
    for (const prepaid of values) {
      it(`reads prepaid ${JSON.stringify(prepaid)} as ${expected}`, () => {
        assert.equal(read({ prepaid }).prepaid, expected);
      });
    }
  }

  const unclear: readonly (readonly [name: string, changes: ClientRow, why: RegExp])[] = [
    [
      'an unknown status',
      { status: 'frozen' },
      /^billing_client\.status is "frozen", expected active, suspended or closed$/,
    ],
    ['a number as status', { status: 1 }, /status is "1"/],
    ['no status', { status: null }, /status is NULL/],
    ['no prepaid', { prepaid: null }, /prepaid is NULL, expected 1 or 0/],
    ['a prepaid of 2', { prepaid: 2 }, /prepaid is "2"/],
    ['a prepaid of another word', { prepaid: 'maybe' }, /prepaid is "maybe"/],
    ['a BIT(8) of 2', { prepaid: bytes(2) }, /prepaid is /],
    ['a currency that is none', { currency: 'DOL' }, /currency is "DOL", expected an ISO 4217 code/],
    ['a currency sign', { currency: '$' }, /currency is "\$"/],
    ['no currency', { currency: null }, /currency is NULL/],
    ['no balance', { balance: null }, /^billing_client\.balance is NULL, expected a decimal number$/],
    ['a balance that is no number', { balance: 'n/a' }, /balance is "n\/a"/],
    ['a balance with separators', { balance: '1,234.50' }, /balance is "1,234.50"/],
    ['an empty balance', { balance: '' }, /balance is ""/],
    ['a balance of no end', { balance: Number.POSITIVE_INFINITY }, /balance is "Infinity"/],
    // Some systems write it for "unlimited"; rounded to 15 digits it is infinite.
    ['the largest DOUBLE', { credit_limit: Number.MAX_VALUE }, /credit_limit is "1\.797/],
    ['the smallest DOUBLE', { balance: -Number.MAX_VALUE }, /balance is "-1\.797/],
    ['a balance longer than any', { balance: '9'.repeat(65) }, /balance is "9+…"/],
    ['no credit limit', { credit_limit: null }, /credit_limit is NULL/],
    [
      'a last refill that is no time',
      { last_refill_at: 'yesterday' },
      /last_refill_at is "yesterday", expected a time in UTC/,
    ],
    [
      'a day that is none',
      { last_refill_at: '2026-02-30 00:00:00' },
      /last_refill_at is "2026-02-30 00:00:00"/,
    ],
    ['a month of zero', { last_refill_at: '2026-00-00' }, /last_refill_at is "2026-00-00"/],
    ['an offset that no zone has', { last_refill_at: '2026-02-03T04:05:06+99:00' }, /\+99:00"/],
    ['a leap day of no leap year', { last_refill_at: '1900-02-29' }, /"1900-02-29"/],
    ['a balance that is not a number', { balance: 'NaN' }, /balance is "NaN"/],
    ['an endless balance as text', { balance: '-inf' }, /balance is "-inf"/],
    ['a balance in hexadecimal digits', { balance: '0x1F' }, /balance is "0x1F"/],
    ['a balance with a decimal comma', { balance: '1.234,50' }, /balance is "1\.234,50"/],
    ['a balance with blanks between its digits', { balance: '1 234.50' }, /balance is "1 234\.50"/],
    ['a balance with its currency', { balance: '12.50 USD' }, /balance is "12\.50 USD"/],
    ['a balance in digits of another alphabet', { balance: '１２' }, /balance is "１２"/],
    ['an exponent beyond any amount', { balance: '1e400' }, /balance is "1e400"/],
    ['a status with a blank of no width', { status: 'active\u200B' }, /status is "active�"/],
    ['a BIT of two bits', { prepaid: bytes(3) }, /prepaid is "0x03"/],
    ['a unix time', { last_refill_at: 1769000000 }, /last_refill_at is "1769000000"/],
  ];
  for (const [name, changes, why] of unclear) {
    it(`is unknown, and says why, for ${name}`, () => {
      const client = read(changes);
      assert.ok(isUnclear(client));
      assert.match(faultsText(client.faults), why);
      assert.equal(client.clientId, 'C-1');
      assert.equal(client.profileId, 'acme/prepaid', 'it is watched all the same');
    });
  }

  it('names every fault of a row', () => {
    const client = read({ balance: null, status: '?', currency: '' });
    assert.ok(isUnclear(client));
    assert.deepEqual(
      client.faults.map(({ column }) => column),
      ['status', 'currency', 'balance'],
    );
  });

  it('leaves what only some rules need in doubt, and the client readable', () => {
    const client = read({
      created_at: '31.12.2025',
      last_charge_at: 'never',
      own_threshold: 'high',
      daily_spend: '?',
      last_refill_amount: '-',
    });
    assert.ok(!isUnclear(client));
    assert.deepEqual(
      client.doubts.map(({ column }) => column),
      ['created_at', 'last_charge_at', 'last_refill_amount', 'own_threshold', 'daily_spend'],
    );
    assert.deepEqual([client.createdAt, client.lastChargeAt, client.ownThreshold], [null, null, null]);
  });

  it('takes two rows that say the same for one, and names what two others differ in', () => {
    assert.ok(!isUnclear(gateClient([row, { ...row }], [acme])));
    const differing = gateClient([row, { ...row, balance: '1', billing_email: 'x@y.example' }], [acme]);
    assert.ok(isUnclear(differing));
    assert.match(
      faultsText(differing.faults),
      /client_id is "C-1", expected one row of it, found 2 which differ in balance, billing_email/,
    );
  });

  it('is unknown where its reseller has two rows that differ, and shows no address', () => {
    const client = gateClient([row], [acme, { ...acme, manager_email: 'other@acme.example' }]);
    assert.ok(isUnclear(client));
    assert.match(
      faultsText(client.faults),
      /^billing_reseller\.reseller_id is "acme", expected one row of it, found 2 which differ$/,
    );
    assert.ok(!isUnclear(gateClient([row], [acme, { ...acme }])));
  });

  it('shows of a value neither an address nor control characters, nor more than a line holds', () => {
    const client = read({ status: `j.doe@client.example\r\n${'x'.repeat(200)}` });
    assert.ok(isUnclear(client));
    const text = faultsText(client.faults);
    assert.doesNotMatch(text, /j\.doe/);
    assert.ok(text.length < 160, text);
    assert.doesNotMatch(text, /[\r\n]/);
  });
});

describe('times', () => {
  it('are read as MySQL writes them, on every day of the calendar', () => {
    const [first, last] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59Z')];
    // 997 is prime to the lengths of years and leap cycles.
    for (let at = first; at <= last; at += 997 * 3_599_123) {
      const text = new Date(at).toISOString().replace('T', ' ').replace('Z', '');
      assert.equal(readInstant(text), at, text);
      assert.equal(readInstant(`${text.slice(0, 19)}Z`), Math.floor(at / 1_000) * 1_000, text);
    }
  });

  it('are none where the calendar has no such day', () => {
    for (let year = 1600; year < 2404; year += 1)
      for (const month of ['02', '04', '06', '09', '11']) {
        const days = new Date(Date.UTC(year, Number(month), 0)).getUTCDate();
        assert.equal(typeof readInstant(`${year}-${month}-${days}`), 'number');
        assert.equal(readInstant(`${year}-${month}-${days + 1}`), undefined);
      }
  });
});

describe('exchange rates', () => {
  const rate = (value: unknown, from: unknown = 'USD', to: unknown = 'EUR') => ({
    from_currency: from,
    to_currency: to,
    rate: value,
  });
  for (const [name, rows, expected] of [
    ['of the pair', [rate('0.90'), rate('2', 'EUR', 'USD')], '0.9'],
    ['in any case, with blanks', [rate('0.9', ' usd', 'eur ')], '0.9'],
    ["without a DOUBLE's noise", [rate(0.1 + 0.2)], '0.3'],
    ['as small as it is', [rate('0.000000000012')], '0.000000000012'],
    ['once, where two rows say the same', [rate('0.9'), rate('0.900')], '0.9'],
    ['not at all without a row', [], null],
    ['not at all where it is NULL', [rate(null)], null],
  ] as const)
    it(`are read ${name}`, () => assert.deepEqual(gateRate(rows, 'USD', 'EUR'), { rate: expected }));

  for (const [name, rows, why] of [
    ['0', [rate('0.000')], /rate is "0.000", expected a number above 0 from USD to EUR/],
    ['negative', [rate('-1')], /rate is "-1"/],
    ['the largest DOUBLE', [rate(Number.MAX_VALUE)], /rate is "1\.797/],
    ['smaller than any', [rate(Number.MIN_VALUE)], /rate is "5e-324"/],
    ['no number', [rate('par')], /rate is "par"/],
    [
      'two that differ',
      [rate('0.9'), rate('0.95')],
      /rate is "0.9 and 0.95", expected one rate from USD to EUR/,
    ],
  ] as const)
    it(`are in doubt where they are ${name}`, () => {
      const { rate: found, rateDoubt } = gateRate(rows, 'USD', 'EUR');
      assert.equal(found, null);
      assert.match(faultsText(rateDoubt ? [rateDoubt] : []), why);
    });

  it('are not needed within one currency, whatever the view says', () => {
    assert.deepEqual(gateRate([rate('7', 'USD', 'USD')], 'USD', 'USD'), { rate: '1' });
  });
});

describe('users', () => {
  const user = (login: unknown, reseller_id: unknown, email: unknown) => ({ login, reseller_id, email });
  it('of the reseller come before those of every reseller, and several of one login are all told', () => {
    const rows = [
      user('j.doe ', null, 'general@x.example'),
      user('j.doe', 4, 'own@x.example'),
      user('j.doe', '4', 'second@x.example'),
      user('noc', null, 'noc@x.example'),
      user('NOC', null, 'other@x.example'),
      user('gone', '5', 'gone@x.example'),
      user('silent', null, ''),
    ];
    assert.deepEqual(gateUsers(rows, ['j.doe', 'noc', 'gone', 'silent'], '4'), {
      'j.doe': 'own@x.example; second@x.example',
      noc: 'noc@x.example',
    });
  });
});

describe('the addresses of one field', () => {
  for (const [text, expected] of [
    ['a@x.example', ['a@x.example']],
    [
      'a@x.example;b@x.example, c@x.example d@x.example',
      ['a@x.example', 'b@x.example', 'c@x.example', 'd@x.example'],
    ],
    ['Doe, John <j.doe@x.example>', ['j.doe@x.example']],
    ['"Doe, John" <j.doe@x.example>; NOC <noc@x.example>', ['j.doe@x.example', 'noc@x.example']],
    ['Ann <a@x.example> Bob <b@x.example>', ['a@x.example', 'b@x.example']],
    ['<a@x.example> b@x.example', ['a@x.example', 'b@x.example']],
    ['a@x.example <a@x.example>', ['a@x.example']],
    ['  ; , ', []],
    ['not an address', ['not an address']],
    ['a@x.example\r\nBcc: b@x.example', ['a@x.example\r\nBcc: b@x.example']],
  ] as const)
    it(`are found in ${JSON.stringify(text)}`, () => assert.deepEqual(addressesIn(text), expected));
});

describe('the language of a client', () => {
  for (const [own, reseller, expected] of [
    ['de_AT.UTF-8', 'fr', 'de_AT.UTF-8'],
    ['sw', 'fr', 'sw'],
    ['C', 'fr', 'fr'],
    ['1', 'fr', 'fr'],
    [null, 'fr', 'fr'],
    ['C', undefined, null],
  ] as const)
    it(`${own} of one whose reseller says ${reseller} is ${expected}`, () =>
      assert.equal(languageOf({ language: own, resellerLanguage: reseller }), expected));
});
