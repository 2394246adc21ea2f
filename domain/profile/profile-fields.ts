import type {
  AdvancedRule,
  AppliesTo,
  ClientNotification,
  ProfileFile,
  SendingHoursFile,
  UserNotification,
} from './profile-file.js';

/** A value that stands for itself. What a missing one means is its default, where there is one. */
interface ValueField<Value> {
  readonly kind: 'value';
  readonly default?: Value;
  /** The canonical form has the default written out. Else it leaves it out, so that plans show only what somebody chose. */
  readonly writtenOut?: true;
}

/** An object with fields of its own. A missing one stays missing. */
interface SectionField<Value> {
  readonly kind: 'section';
  readonly fields: Fields<Value>;
}

/** A list of objects that are distinguished by their `name`. An empty one is the same as a missing one. */
interface NamedListField<Item> {
  readonly kind: 'named-list';
  readonly fields: Fields<Item>;
}

/** Tuples keep the compiler from taking a union apart: one of alternatives is a value. */
type FieldOf<Value> = [Value] extends [readonly { readonly name: string }[]]
  ? NamedListField<Value[number]>
  : [Value] extends [readonly unknown[] | string | number | boolean]
    ? ValueField<Value>
    : [Value] extends [object]
      ? SectionField<Value> | ValueField<Value>
      : ValueField<Value>;

/** Every field of an object of a profile, in the order in which people read them. */
export type Fields<T> = {
  readonly [Name in Exclude<keyof T, '$schema'>]-?: FieldOf<NonNullable<T[Name]>>;
};

/** A field of any type, for code that walks the table. */
export type Field =
  | { readonly kind: 'value'; readonly default?: unknown; readonly writtenOut?: true }
  | { readonly kind: 'section' | 'named-list'; readonly fields: FieldTable };
export type FieldTable = Readonly<Record<string, Field>>;

const value = { kind: 'value' } as const;
const addresses = { kind: 'value', default: [], writtenOut: true } as const;

/** What every rule may say. */
const ofEveryRule = {
  threshold: value,
  when: { kind: 'value', default: 'below' },
  notify: { kind: 'value', default: true, writtenOut: true },
  recovered: { kind: 'value', default: false },
} as const;

const userNotification = {
  ...ofEveryRule,
  users: addresses,
  emails: addresses,
  webhooks: { kind: 'value', default: [] },
} as const satisfies Fields<UserNotification>;

const clientNotification = {
  ...ofEveryRule,
  emails: addresses,
  webhooks: { kind: 'value', default: [] },
} as const satisfies Fields<ClientNotification>;

const advancedRule = {
  name: value,
  ...ofEveryRule,
  inactivity: value,
  emails: addresses,
  webhooks: { kind: 'value', default: [] },
} as const satisfies Fields<AdvancedRule>;

const sendingHours = {
  from: value,
  to: value,
  days: { kind: 'value', default: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
  audiences: { kind: 'value', default: ['staff', 'client'] },
} as const satisfies Fields<SendingHoursFile>;

const appliesTo = {
  groups: value,
  currencies: value,
  clients: value,
  resellers: value,
  all: value,
} as const satisfies Fields<AppliesTo>;

/**
 * Every field of a profile. The canonical form, the defaults (also those that the editor shows) and the differences
 * between two profiles follow from this table; the compiler asks for each field of the type.
 */
export const profileFields = {
  name: value,
  reseller: value,
  currency: value,
  sortOrder: value,
  maxQty: value,
  period: value,
  checkEvery: value,
  sendingHours: { kind: 'section', fields: sendingHours },
  alreadyLow: { kind: 'value', default: 'tell' },
  appliesTo: { kind: 'section', fields: appliesTo },
  userNotification: { kind: 'section', fields: userNotification },
  clientNotification: { kind: 'section', fields: clientNotification },
  advancedRules: { kind: 'named-list', fields: advancedRule },
} as const satisfies Fields<ProfileFile>;
