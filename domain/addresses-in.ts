/**
 * The addresses in one field of the billing data: several may stand there, with `;`, `,` or blanks between them, and each as
 * `Name <address>`. What is no address is answered as it is, so that it can be named.
 */
export function addressesIn(text: string): readonly string[] {
  // As nearly every field is; a plan asks for hundreds of thousands of them.
  if (/^[^\s;,<>\p{Cc}]+$/u.test(text)) return [text];
  // A line break in an address field is no list but somebody's header: it stays whole, and so is no address.
  if (/\p{Cc}/u.test(text.trim())) return [text];
  const parts = text.split(/[;,]/).map((part) => part.trim());
  return parts.flatMap((part, index) => {
    if (part === '') return [];
    const bracketed = [...part.matchAll(/<([^<>]*)>/g)].map(([, address = '']) => address.trim());
    if (bracketed.length > 0) return [...bracketed, ...wordsOf(part.slice(part.lastIndexOf('>') + 1))];
    // The comma of `Doe, John <j.doe@acme.example>`.
    if (!part.includes('@') && (parts[index + 1] ?? '').includes('<')) return [];
    const words = wordsOf(part);
    return words.some((word) => word.includes('@')) ? words : [part];
  });
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
