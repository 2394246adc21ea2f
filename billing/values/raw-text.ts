/**
 * A value of the billing data as text, without trailing blanks; null for NULL. BINARY columns come as bytes, and are filled up
 * with zero bytes; INT columns come as numbers.
 */
export function rawText(value: unknown): string | null {
  if (typeof value === 'string') return value.trimEnd();
  if (value === null || value === undefined) return null;
  const text =
    value instanceof Uint8Array
      ? new TextDecoder('utf-8').decode(value).replace(/\0+$/, '')
      : value instanceof Date
        ? value.toISOString()
        : typeof value === 'object'
          ? JSON.stringify(value)
          : `${value as string | number}`;
  return text.trimEnd();
}

/** The same without leading blanks; null where nothing is left. */
export function trimmedText(value: unknown): string | null {
  const text = rawText(value)?.trim();
  return text === undefined || text === '' ? null : text;
}
