import { assertNever } from '../assert-never.js';
import { profileFields, type Field, type FieldTable } from './profile-fields.js';
import type { ProfileFile } from './profile-file.js';

/**
 * A profile file in the one spelling that plans compare and MySQL holds: defaults written out or left out as the table says, keys in
 * its order, without `$schema` and what it does not know. Two files that mean the same have the same JSON.
 */
export function canonicalContent(file: ProfileFile): ProfileFile {
  return rewritten(file, profileFields, 'as-the-table-says') as unknown as ProfileFile;
}

/**
 * What identifies a profile: the canonical form with the defaults left out. A field or a default that comes with a
 * later version of this table changes it for no profile that does not name the field.
 */
export function essentialContent(file: ProfileFile): object {
  return rewritten(file, profileFields, 'left-out');
}

type Defaults = 'as-the-table-says' | 'left-out';

function rewritten(written: object, table: FieldTable, defaults: Defaults): object {
  const canonical = Object.entries(table).flatMap(([name, field]) => {
    const value = rewrittenValue(ownValue(written, name), field, defaults);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(canonical);
}

function rewrittenValue(written: unknown, field: Field, defaults: Defaults): unknown {
  switch (field.kind) {
    case 'value': {
      const value = written === undefined ? field.default : sortedKeys(written);
      const isLeftOut = defaults === 'left-out' || !field.writtenOut;
      return isLeftOut && sameValue(value, field.default) ? undefined : value;
    }
    case 'section':
      return isObject(written) ? rewritten(written, field.fields, defaults) : undefined;
    case 'named-list':
      return Array.isArray(written) && written.length > 0
        ? written.map((item: unknown) => rewritten(isObject(item) ? item : {}, field.fields, defaults))
        : undefined;
    default:
      return assertNever(field);
  }
}

/** What is written inside of a value has no order: `{ "own": true, "otherwise": 50 }` is the same the other way round. */
function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inside]) => [key, sortedKeys(inside)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function ownValue(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Readonly<Record<string, unknown>>)[name] : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of a profile's field, as JSON. */
export type FieldValue =
  string | number | boolean | readonly FieldValue[] | { readonly [key: string]: FieldValue };

/** One field of a profile that differs. `null` where that side does not have it. */
export interface FieldChange {
  /** Such as `maxQty`, `clientNotification.threshold` or `advancedRules[dormant].threshold`. */
  readonly path: string;
  readonly from: FieldValue | null;
  readonly to: FieldValue | null;
}

/** Every field of two profiles that differs, in the order of the table. `undefined`: no profile. */
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

/** The fields of a profile by path, as the canonical form has them. A list of addresses or logins is one value. */
export function fieldsOf(content: ProfileFile | undefined): ReadonlyMap<string, FieldValue> {
  const fields = new Map<string, FieldValue>();
  if (content) addFields(fields, '', canonicalContent(content), profileFields);
  return fields;
}

function addFields(
  fields: Map<string, FieldValue>,
  prefix: string,
  canonical: object,
  table: FieldTable,
): void {
  for (const [name, field] of Object.entries(table)) {
    const value = ownValue(canonical, name);
    const path = `${prefix}${name}`;
    if (value === undefined) continue;
    if (field.kind === 'value') fields.set(path, value as FieldValue);
    else if (field.kind === 'section') addFields(fields, `${path}.`, value as object, field.fields);
    else addItems(fields, path, value as readonly NamedItem[], field.fields);
  }
}

interface NamedItem {
  readonly name: string;
}

function addItems(
  fields: Map<string, FieldValue>,
  path: string,
  items: readonly NamedItem[],
  table: FieldTable,
): void {
  const beside = Object.fromEntries(Object.entries(table).filter(([name]) => name !== 'name'));
  for (const item of items) addFields(fields, `${path}[${item.name}].`, item, beside);
  // Mails name the rules in this order; a single one has no order.
  if (items.length > 1)
    fields.set(
      path,
      items.map(({ name }) => name),
    );
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
