import type { ResellerFile } from './reseller-file.js';

/** Every field of a reseller's settings, in the order in which people read them. */
const fields = {
  billingId: true,
  platform: true,
} as const satisfies Readonly<Record<Exclude<keyof ResellerFile, '$schema'>, true>>;

const names = Object.keys(fields) as readonly (keyof typeof fields)[];

/** A reseller's settings in the one spelling that plans compare and MySQL holds. What the file does not name is not in it. */
export function canonicalReseller(file: ResellerFile): ResellerFile {
  return Object.fromEntries(names.flatMap((name) => (file[name] === undefined ? [] : [[name, file[name]]])));
}

/** One field of a reseller's settings that differs; null on a side that does not have it. */
export interface ResellerFieldChange {
  readonly path: string;
  readonly from: ResellerFile[keyof typeof fields];
  readonly to: ResellerFile[keyof typeof fields];
}

export function resellerFieldsBetween(
  before: ResellerFile | undefined,
  after: ResellerFile | undefined,
): readonly ResellerFieldChange[] {
  return names.flatMap((path) => {
    const [from = null, to = null] = [before?.[path], after?.[path]];
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }];
  });
}
