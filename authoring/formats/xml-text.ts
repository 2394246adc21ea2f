const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** A text in XML 1.0, in an element or an attribute. What XML has no place for, even escaped, becomes U+FFFD. */
export function xmlText(text: string): string {
  return text
    .replaceAll(/[&<>"\n]/g, (character) => entities[character]!)
    .replaceAll(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd');
}
