import fc from 'fast-check';
import type {
  AdvancedRule,
  AppliesTo,
  ClientNotification,
  ProfileFile,
  SendingHoursFile,
  UserNotification,
} from '../../domain/profile/profile-file.js';

/** A value for each field: a field without one does not compile. */
type Arbitraries<T> = {
  readonly [Name in Exclude<keyof T, '$schema'>]-?: fc.Arbitrary<NonNullable<T[Name]>>;
};

/** Durations that no other text of the same length of time equals. */
const duration = fc.integer({ min: 1, max: 500 }).map((hours) => `${hours}h`);
const amount = fc.integer({ min: -1_000, max: 1_000 }).map((cents) => cents / 100);
const percent = fc.integer({ min: 1, max: 1_000 }).map((tenths) => tenths / 10);
const threshold = fc.oneof(
  amount,
  fc.record({ percentOfCreditLimit: percent }),
  fc.record({ percentOfLastRefill: percent }),
  fc.record({ lasts: duration }),
  fc.record({ otherwise: amount, own: fc.constant(true as const) }, { requiredKeys: ['own'] }),
);
const emails = fc.array(fc.constantFrom('a@acme.example', 'b@acme.example', 'c@acme.example'), {
  maxLength: 2,
});
const users = fc.array(fc.constantFrom('j.doe', 'constructor', '__proto__'), { maxLength: 2 });

const ofEveryRule = {
  threshold,
  when: fc.constantFrom('below' as const, 'above' as const),
  notify: fc.boolean(),
  recovered: fc.boolean(),
  emails,
  webhooks: fc.array(fc.constantFrom('crm', 'constructor'), { maxLength: 2 }),
};

const userNotification = {
  ...ofEveryRule,
  users,
} satisfies Arbitraries<UserNotification>;

const clientNotification = ofEveryRule satisfies Arbitraries<ClientNotification>;

const advancedRule = {
  name: fc.constantFrom('dormant', 'constructor', 'almost-empty'),
  inactivity: duration,
  ...ofEveryRule,
} satisfies Arbitraries<AdvancedRule>;

const timeOfDay = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));

const sendingHours = {
  from: timeOfDay,
  to: timeOfDay,
  days: fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], { minLength: 1 }),
  audiences: fc.subarray(['staff', 'client'], { minLength: 1 }),
} satisfies Arbitraries<SendingHoursFile>;

const names = fc.array(fc.constantFrom('a', 'b', '__proto__'), { minLength: 1, maxLength: 2 });
const appliesTo = {
  groups: names,
  currencies: fc.array(fc.constantFrom('USD', 'EUR'), { minLength: 1, maxLength: 2 }),
  clients: names,
  resellers: names,
  all: fc.constant(true as const),
} satisfies Arbitraries<AppliesTo>;

const profile = {
  name: fc.string({ minLength: 1 }),
  reseller: fc.constantFrom('acme', 'globex'),
  currency: fc.constantFrom('USD', 'EUR'),
  sortOrder: fc.integer({ min: -10, max: 10 }),
  maxQty: fc.integer({ min: 1, max: 10 }),
  period: duration,
  checkEvery: duration,
  sendingHours: fc.record(sendingHours, { requiredKeys: ['from', 'to'] }),
  alreadyLow: fc.constantFrom('tell', 'wait'),
  appliesTo: fc.record(appliesTo, { requiredKeys: [], noNullPrototype: true }),
  userNotification: fc.record(userNotification, { requiredKeys: ['threshold'] }),
  clientNotification: fc.record(clientNotification, { requiredKeys: ['threshold'] }),
  advancedRules: fc.uniqueArray(fc.record(advancedRule, { requiredKeys: ['name', 'threshold'] }), {
    selector: ({ name }) => name,
    maxLength: 3,
  }),
} satisfies Arbitraries<ProfileFile>;

/** Profile files with any of the optional fields, each in any order of its keys. */
export const aProfileFile: fc.Arbitrary<ProfileFile> = fc.record(profile, {
  requiredKeys: ['name', 'reseller', 'currency', 'sortOrder', 'maxQty', 'period'],
});

type Path = readonly string[];

const arbitraryByPath: readonly (readonly [Path, fc.Arbitrary<unknown>])[] = [
  ...Object.entries(profile).map(([name, each]) => [[name], each] as const),
  ...Object.entries(sendingHours).map(([name, each]) => [['sendingHours', name], each] as const),
  ...Object.entries(appliesTo).map(([name, each]) => [['appliesTo', name], each] as const),
  ...Object.entries(userNotification).map(([name, each]) => [['userNotification', name], each] as const),
  ...Object.entries(clientNotification).map(([name, each]) => [['clientNotification', name], each] as const),
  ...Object.entries(advancedRule).map(([name, each]) => [['advancedRules', '0', name], each] as const),
];

/** Two profile files that differ at most in the field of that path. */
export const twoProfileFiles = fc
  .constantFrom(...arbitraryByPath)
  .chain(([path, value]) =>
    fc
      .tuple(aProfileFile, value)
      .map(([file, other]) => ({ path, file, changed: withValue(file, path, other) })),
  );

function withValue<T>(object: T, [first, ...rest]: Path, value: unknown): T {
  if (first === undefined) return value as T;
  const list: unknown = object;
  if (Array.isArray(list)) {
    const items: readonly unknown[] = list;
    return items.map((item, index) => (index === Number(first) ? withValue(item, rest, value) : item)) as T;
  }
  const record = object as Readonly<Record<string, unknown>>;
  if (rest.length > 0 && record[first] === undefined) return object;
  return { ...record, [first]: withValue(record[first], rest, value) } as T;
}
