/**
 * A value of the billing data as text, without trailing blanks; null for NULL. BINARY columns come as bytes, and are filled up
 * with zero bytes: those that are no text, as of a UUID, are written as `0x…`. INT columns come as numbers.
 */
export function rawText(value: unknown): string | null {
  if (typeof value === 'string') return withoutBlanks(value);
  if (value === null || value === undefined) return null;
  const text =
    value instanceof Uint8Array
      ? textOfBytes(value)
      : value instanceof Date
        ? value.toISOString()
        : typeof value === 'object'
          ? JSON.stringify(value)
          : `${value as string | number}`;
  return withoutBlanks(text);
}

/** The same without leading blanks; null where nothing is left. Tabs, line breaks and the like are blanks here. */
export function trimmedText(value: unknown): string | null {
  const text = rawText(value)?.trim();
  return text === undefined || text === '' ? null : text;
}

/** The bytes that `rawText` shows so; undefined for what is a text. */
export function bytesOfText(text: string): Buffer | undefined {
  if (!/^0x(?:[0-9a-f]{2})+$/.test(text)) return undefined;
  const bytes = Buffer.from(text.slice(2), 'hex');
  return textOfBytes(bytes) === text ? bytes : undefined;
}

/** What SQL takes for blanks at the end of a text; a tab is none. */
function withoutBlanks(text: string): string {
  return text.endsWith(' ') ? text.replace(/ +$/, '') : text;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOfBytes(bytes: Uint8Array): string {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  try {
    const text = utf8.decode(bytes.subarray(0, length));
    // Any control character but tabs and line breaks.
    if (!/[^\P{Cc}\t\r\n]/u.test(text)) return text;
  } catch {
    // Not UTF-8.
  }
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
