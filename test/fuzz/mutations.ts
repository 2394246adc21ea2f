import fc from 'fast-check';

/** How many cases each property gets: `FUZZ_RUNS=100000 npx mocha 'dist/test/fuzz/*.test.js'`. */
export const fuzzRuns = Number(process.env['FUZZ_RUNS'] ?? 500);

/** As SendGrid's Event Webhook reports a mail that was sent back. */
export const bounceEvent = {
  email: 'billing@c-1.example',
  event: 'bounce',
  timestamp: 1_764_000_000,
  sg_event_id: 'e-1',
  sg_message_id: 'm-1.recvd',
  notice_id: 'n-1',
  reason: '550 no such mailbox',
  type: 'bounce',
};

/** A number as only a text can write it: no double holds it. `textLike` takes the marks away. */
const numberAsWritten = fc
  .constantFrom('1e400', '-1e400', '3636240335502792e+308', '1e-400', '0.10000000000000000001', '-0.0')
  .map((digits) => `#${digits}#`);

/** Any value in place of one that belongs there. */
const anyValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>('', ' ', '1d', '-1h', '0.1', '1e400', 1e21, -0, 1e-9, null, [], {}, '__proto__'),
  fc.string({ unit: 'binary', maxLength: 20 }),
  numberAsWritten,
);

interface Change {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'rename' | 'repeat';
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(10_000),
  how: fc.constantFrom('replace', 'remove', 'rename', 'repeat'),
  value: anyValue,
});

/** A document like one of the given ones, with up to four changes to its structure. */
export function like(documents: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...documents), fc.array(change, { minLength: 0, maxLength: 4 }))
    .map(([document, changes]) => {
      const copy = { root: structuredClone(document) };
      for (const each of changes) apply(copy, each);
      return copy.root;
    });
}

/** The same as a text, now and then with its characters changed too. */
export function textLike(documents: readonly unknown[]): fc.Arbitrary<string> {
  const cut = fc.tuple(fc.nat(5_000), fc.nat(8), fc.string({ maxLength: 6 }));
  return fc
    .tuple(like(documents), fc.constantFrom(undefined, 2, '\t'), fc.option(cut, { freq: 2, nil: undefined }))
    .map(([document, indent, edit]) => {
      const text = (JSON.stringify(document, null, indent) ?? '').replaceAll(/"#([^#"]+)#"/g, '$1');
      if (!edit) return text;
      const [at, remove, insert] = edit;
      const from = text.length === 0 ? 0 : at % text.length;
      return text.slice(0, from) + insert + text.slice(from + remove);
    });
}

/** Where a value is: in a list or an object. */
type Place = readonly [holder: Record<string, unknown>, name: string];

function apply(copy: { root: unknown }, { at, how, value }: Change): void {
  const places = placesOf(copy);
  const place = places[at % places.length];
  if (!place) return;
  const [holder, name] = place;
  if (how === 'replace') holder[name] = value;
  else if (how === 'remove') delete holder[name];
  else if (how === 'repeat') holder[`${name}2`] = holder[name];
  else {
    holder[(JSON.stringify(value) ?? '').slice(0, 30)] = holder[name];
    delete holder[name];
  }
}

function placesOf(value: object): readonly Place[] {
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => [
    [value as Record<string, unknown>, name] as const,
    ...(typeof each === 'object' && each !== null ? placesOf(each) : []),
  ]);
}
