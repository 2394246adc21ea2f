import { trimmedText } from './raw-text.js';

const words: Readonly<Record<string, boolean>> = {
  '1': true,
  y: true,
  t: true,
  yes: true,
  true: true,
  prepaid: true,
  '0': false,
  n: false,
  f: false,
  no: false,
  false: false,
  postpaid: false,
};

/** Whether a client is prepaid, from TINYINT, BIT, BOOL, CHAR or ENUM; undefined where it says neither. */
export function readYesNo(value: unknown): boolean | undefined {
  // A BIT column comes as its bytes: a text of digits and letters has none below the blank.
  if (value instanceof Uint8Array && value.length > 0 && value.every((byte) => byte < 2)) {
    return value.at(-1) === 1 ? true : value.every((byte) => byte === 0) ? false : undefined;
  }
  const text = trimmedText(value)?.toLowerCase();
  // A DECIMAL(3,1) says 1.0.
  const word = text?.replace(/^([01])\.0+$/, '$1');
  return word === undefined ? undefined : Object.hasOwn(words, word) ? words[word] : undefined;
}
