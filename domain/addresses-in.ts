/**
 * The addresses in one field of the billing data: several may stand there, with `;`, `,` or blanks between them, and each as
 * `Name <address>`. What is no address is answered as it is, so that it can be named.
 */
export function addressesIn(text: string): readonly string[] {
  const parts = text.split(/[;,\r\n]/).map((part) => part.trim());
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
