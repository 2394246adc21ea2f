import {
  aBoolean,
  amount,
  aTrue,
  currency,
  either,
  listOf,
  mapOf,
  object,
  offset,
  orNull,
  refillAmount,
  ruleKey,
  signedOffset,
  text,
  value,
  wholeFrom,
  type Shape,
} from './shape.js';

const anInteger = value('a whole number', Number.isInteger);
const status = value('"active", "suspended" or "closed"', (found) =>
  ['active', 'suspended', 'closed'].includes(found as string),
);

const rule = { notify: aBoolean, emails: listOf(text) };
const aNumber = value('a number', (found) => typeof found === 'number');
const profileFields: Readonly<Record<string, Shape>> = {
  name: text,
  reseller: text,
  currency,
  sortOrder: anInteger,
  maxQty: wholeFrom(1),
  period: value(
    'a Period such as "24h", at least "1s"',
    (found) => typeof found === 'string' && /[1-9]/.test(found) && isDuration(found),
  ),
};
const ruleFields: Readonly<Record<string, Shape>> = {
  userNotification: object({ threshold: aNumber }, { ...rule, users: listOf(text) }),
  clientNotification: object({ threshold: aNumber }, rule),
  advancedRules: listOf(object({ name: text, threshold: aNumber }, { ...rule, inactivity: offset })),
};
/** What a whole profile looks like; `validate` knows more about it. */
export const profileShape = object(profileFields, { ...ruleFields, $schema: text });
const profileEdit = object(
  {},
  Object.fromEntries(
    Object.entries({ ...profileFields, ...ruleFields }).map(([name, shape]) => [name, orNull(shape)]),
  ),
);
const rate = object({ from: currency, to: currency, rate: orNull(amount) }, {});

const client = object(
  { balance: amount },
  {
    currency,
    creditLimit: amount,
    lastChargeAgo: orNull(offset),
    lastRefillAgo: orNull(offset),
    createdAgo: offset,
    billingEmail: orNull(text),
    managerEmail: orNull(text),
    users: mapOf(text),
    status,
  },
);

const event = object(
  { at: offset },
  {
    balance: amount,
    charge: amount,
    refill: refillAmount,
    id: text,
    dated: signedOffset,
    signal: either([true, false], object({ id: text, at: signedOffset }, {})),
    creditLimit: amount,
    status,
    prepaid: aBoolean,
    rate,
    billingEmail: orNull(text),
    managerEmail: orNull(text),
    profile: profileEdit,
    moveTo: orNull(text),
    mailFails: value('true, false or "rejected"', (found) =>
      [true, false, 'rejected'].includes(found as boolean),
    ),
    readFails: value('true, false or "permanent"', (found) =>
      [true, false, 'permanent'].includes(found as boolean),
    ),
    worker: aBoolean,
    checkNow: aTrue,
    mute: offset,
    unmute: aTrue,
    resetRule: ruleKey,
  },
);

/** What one scenario looks like; `ScenarioFile` says what it means. */
export const scenarioShape = object(
  {
    name: text,
    client,
    until: offset,
    expect: listOf(
      object({ at: offset, rules: listOf(ruleKey) }, { to: listOf(text), count: mapOf(wholeFrom(0)) }),
    ),
  },
  { profile: profileShape, otherProfiles: mapOf(profileShape), rates: listOf(rate), events: listOf(event) },
);

function isDuration(found: string): boolean {
  return /^(\d{1,9}[smhdw])+$/.test(found);
}
