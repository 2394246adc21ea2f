const longest = 80;

/** What was found in the place of something else, in a few words: a value of any type, size and depth. */
export function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return objectDescribed(value);
  if (typeof value === 'string') return shortened(JSON.stringify(value.slice(0, longest + 1)));
  // A number too large for a double is Infinity, which JSON calls null.
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `a ${typeof value}`;
}

function objectDescribed(value: object): string {
  const names = Object.keys(value);
  return names.length === 0
    ? 'an object without fields'
    : `an object with ${shortened(names.slice(0, 5).join(', '))}`;
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
