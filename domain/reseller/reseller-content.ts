import type { ResellerFile, ResellerWebhook } from './reseller-file.js';

/** What MySQL holds of a reseller: what its file says, and words of its own for mails. */
export interface ResellerContent extends Omit<ResellerFile, '$schema'> {
  /** Handlebars by name, such as `de/client.text.hbs`; absent where there is none. */
  readonly templates?: Readonly<Record<string, string>>;
}

/** How a field is written in the canonical form. */
type FieldOrder<Value> = Value extends string | number | boolean | null
  ? 'value'
  : Value extends Readonly<Record<string, string>> | Readonly<Record<string, ResellerWebhook>>
    ? string extends keyof Value
      ? 'by-name'
      : readonly (keyof Value & string)[]
    : readonly (keyof Value & string)[];

/** Every field of a reseller's settings, in the order in which people read them; of an object its fields. */
const fields = {
  billingId: 'value',
  platform: 'value',
  sender: ['from', 'replyTo'],
  brand: ['name', 'logoUrl', 'color'],
  topUpUrl: 'value',
  support: ['email', 'phone', 'url'],
  language: 'value',
  timeZone: 'value',
  sendGrid: ['apiKeyVariable'],
  webhooks: 'by-name',
  templates: 'by-name',
} as const satisfies {
  readonly [Name in keyof ResellerContent]-?: FieldOrder<NonNullable<ResellerContent[Name]>>;
};

const names = Object.keys(fields) as readonly (keyof typeof fields)[];

type Json = Readonly<Record<string, unknown>>;

/** A reseller's settings in the one spelling that plans compare and MySQL holds. What the file does not name is not in it. */
export function canonicalReseller(file: ResellerFile & ResellerContent): ResellerContent {
  return Object.fromEntries(
    names.flatMap((name): readonly (readonly [string, unknown])[] => {
      const order: 'value' | 'by-name' | readonly string[] = fields[name];
      const value = file[name];
      if (value === undefined) return [];
      if (order === 'value' || typeof value !== 'object' || value === null) return [[name, value]];
      const inOrder = picked(value as Json, order === 'by-name' ? Object.keys(value).sort() : order);
      return Object.keys(inOrder).length === 0 ? [] : [[name, inOrder]];
    }),
  );
}

function picked(object: Json, keys: readonly string[]): Json {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = object[key];
      if (value === undefined) return [];
      // The fields of a webhook, in one order too.
      const isObject = typeof value === 'object' && value !== null;
      return [[key, isObject ? picked(value as Json, Object.keys(value).sort()) : value]];
    }),
  );
}

/** What a field holds that has no fields itself. */
export type ResellerValue = string | number | boolean | null;

/** One field of a reseller's settings that differs, such as `sender.from`; null on a side that does not have it. */
export interface ResellerFieldChange {
  readonly path: string;
  readonly from: ResellerValue;
  readonly to: ResellerValue;
}

export function resellerFieldsBetween(
  before: ResellerContent | undefined,
  after: ResellerContent | undefined,
): readonly ResellerFieldChange[] {
  const [from, to] = [flat(before), flat(after)];
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort((a, b) => rank(a) - rank(b));
  return paths.flatMap((path) => {
    const change = { path, from: from.get(path) ?? null, to: to.get(path) ?? null };
    const isSame = from.has(path) === to.has(path) && change.from === change.to;
    return isSame ? [] : [change];
  });
}

/** In the order of the table. */
function rank(path: string): number {
  return names.indexOf((path.split('.')[0] ?? '') as keyof typeof fields);
}

function flat(content: object | undefined, prefix = ''): ReadonlyMap<string, ResellerValue> {
  return new Map(
    Object.entries(content ?? {}).flatMap(([name, value]: [string, unknown]) => {
      const path = `${prefix}${name}`;
      return typeof value === 'object' && value !== null
        ? [...flat(value, `${path}.`)]
        : [[path, value as ResellerValue] as const];
    }),
  );
}

/** Under which id the revisions of a reseller's settings stand among those of profiles: no profile can be named so. */
export function resellerRevisionId(reseller: string): string {
  return `${reseller}/reseller`;
}

/** The folder of such an id; undefined for a profile's. */
export function resellerOfRevision(id: string): string | undefined {
  return /^([^/]+)\/reseller$/.exec(id)?.[1];
}

/** Webhooks of which anything differs, those included that are on one side only. */
export function editedWebhooks(
  before: ResellerContent | undefined,
  after: ResellerContent | undefined,
): readonly string[] {
  const [from, to] = [before?.webhooks ?? {}, after?.webhooks ?? {}];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
    (name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]),
  );
}
