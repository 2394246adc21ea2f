const longest = 200;

/**
 * A name of others as one line of plain text: no control characters and no line breaks, nothing that turns the direction of
 * the text around it, and not longer than a reader can use.
 */
export function plainText(text: string): string {
  const line = text
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  // Graphemes, so that no emoji and no letter with its marks is cut in two.
  const starts = Array.from(graphemes.segment(line.slice(0, 20 * longest)), ({ index }) => index);
  return starts.length <= longest ? line : `${line.slice(0, starts[longest - 1]).trimEnd()}…`;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
