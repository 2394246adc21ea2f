/**
 * The addresses in one field of the billing data: several may stand there, with `;`, `,` or blanks between them, and each as
 * `Name <address>`. What is no address is answered as it is, so that it can be named.
 */
export function addressesIn(text: string): readonly string[] {
  // A line break in an address field is no list but somebody's header: it stays whole, and so is no address.
  if (/\p{Cc}/u.test(text.trim())) return [text];
  const parts = text.split(/[;,]/).map((part) => part.trim());
  return parts.flatMap((part, index) => {
    if (part === '') return [];
    const bracketed = /<([^<>]*)>\s*$/.exec(part)?.[1];
    if (bracketed !== undefined) return [bracketed.trim()];
    // The comma of `Doe, John <j.doe@acme.example>`.
    if (!part.includes('@') && (parts[index + 1] ?? '').includes('<')) return [];
    const words = part.split(/\s+/);
    return words.some((word) => word.includes('@')) ? words : [part];
  });
}
