import type { AdvancedRule, ClientNotification, ProfileFile, UserNotification } from './profile-file.js';

/**
 * A profile file in the one spelling that plans compare and MySQL holds: defaults filled in, keys in the order of the
 * type, without `$schema`. Two files that mean the same to the reader have the same JSON.
 */
export function canonicalContent(file: ProfileFile): ProfileFile {
  const { name, reseller, currency, sortOrder, maxQty, period } = file;
  const { userNotification: user, clientNotification: client, advancedRules = [] } = file;
  return {
    name,
    reseller,
    currency,
    sortOrder,
    maxQty,
    period,
    ...(user ? { userNotification: canonicalUser(user) } : {}),
    ...(client ? { clientNotification: canonicalClient(client) } : {}),
    ...(advancedRules.length > 0 ? { advancedRules: advancedRules.map(canonicalRule) } : {}),
  };
}

function canonicalUser({ threshold, notify = true, users = [], emails = [] }: UserNotification) {
  return { threshold, notify, users, emails };
}

function canonicalClient({ threshold, notify = true, emails = [] }: ClientNotification) {
  return { threshold, notify, emails };
}

function canonicalRule({ name, threshold, inactivity, notify = true, emails = [] }: AdvancedRule) {
  return { name, threshold, ...(inactivity === undefined ? {} : { inactivity }), notify, emails };
}

/** A value of a profile's field. */
export type FieldValue = string | number | boolean | readonly string[];

/** One field of a profile that differs. `null` where that side does not have it. */
export interface FieldChange {
  /** Such as `maxQty`, `clientNotification.threshold` or `advancedRules[dormant].threshold`. */
  readonly path: string;
  readonly from: FieldValue | null;
  readonly to: FieldValue | null;
}

/** Every field of two profiles that differs, in the order of the type. Contents are canonical; undefined: no profile. */
export function fieldsBetween(
  before: ProfileFile | undefined,
  after: ProfileFile | undefined,
): readonly FieldChange[] {
  const from = fieldsOf(before);
  const to = fieldsOf(after);
  const paths = [...to.keys(), ...[...from.keys()].filter((path) => !to.has(path))];
  return paths.flatMap((path) => {
    const change = { path, from: from.get(path) ?? null, to: to.get(path) ?? null };
    return sameValue(change.from, change.to) ? [] : [change];
  });
}

/** The fields of a profile by path. Lists of addresses and logins are one value each. */
export function fieldsOf(content: ProfileFile | undefined): ReadonlyMap<string, FieldValue> {
  const fields = new Map<string, FieldValue>();
  if (!content) return fields;
  const { userNotification, clientNotification, advancedRules = [], ...plain } = content;
  const add = (prefix: string, section: object | undefined): void => {
    for (const [key, value] of Object.entries(section ?? {}))
      fields.set(`${prefix}${key}`, value as FieldValue);
  };
  add('', plain);
  add('userNotification.', userNotification);
  add('clientNotification.', clientNotification);
  for (const { name, ...rule } of advancedRules) add(`advancedRules[${name}].`, rule);
  // Mails name the rules in this order; with one rule there is none.
  if (advancedRules.length > 1)
    fields.set(
      'advancedRules',
      advancedRules.map(({ name }) => name),
    );
  return fields;
}

function sameValue(a: FieldValue | null, b: FieldValue | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
