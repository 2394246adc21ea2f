/** `most`: characters of the text that are kept, 300 by default. */
interface Cut {
  readonly most?: number;
}

const mostOfOneValue = 300;

/** In a code element GitHub makes neither mentions nor references of text. */
export function code(text: string, { most = mostOfOneValue }: Cut = {}): string {
  return `<code>${entities(text, most)}</code>`;
}

/** Text outside of code: an invisible space keeps an @ and a # from becoming mentions and references. */
export function escaped(text: string, { most = mostOfOneValue }: Cut = {}): string {
  return entities(text, most).replace(/&#(64|35);/g, '$&&#8203;');
}

/** Everything but letters, digits and the plainest signs becomes an entity: no Markdown, HTML or autolink is left. */
function entities(text: string, most: number): string {
  const short = text.length > most ? `${text.slice(0, most)}…` : text;
  return short
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\u{fffd}')
    .replace(/[^\p{L}\p{N}\p{M} ,;/:()\u{fffd}…→–-]/gu, (sign) => `&#${sign.codePointAt(0)!};`)
    .replace(/:(?=\/)/g, '&#58;');
}

export function bold(count: number): string {
  return count > 0 ? `**${count}**` : '0';
}

export function folded(summary: string, lines: readonly string[]): string {
  return `\n<details><summary>${summary}</summary>\n\n${lines.join('\n')}\n\n</details>\n`;
}

/** A folded list, or table with its head, of which as many rows are shown as fit. */
export function foldedRows(
  summary: string,
  head: readonly string[],
  rows: readonly string[],
  characters: number,
): string {
  const pieces = rows.map((row) => `${row}\n`);
  const shown = withinBudget(pieces, characters, (left) => `\n…and ${left} more: ${restIn}\n`);
  return folded(summary, [...head, shown.trimEnd()]);
}

/** Where a reader of a comment finds what it has no room for. */
export const restIn = 'the summary of the job has them';

/** As many pieces as fit, then how many did not. One that is too long by itself keeps back none of those after it. */
export function withinBudget(
  pieces: readonly string[],
  characters: number,
  rest: (left: number) => string,
): string {
  const whole = pieces.join('');
  if (whole.length <= characters) return whole;
  const room = characters - rest(pieces.length).length;
  let text = '';
  let fitting = 0;
  for (const piece of pieces) {
    if (text.length + piece.length > room) continue;
    text += piece;
    fitting += 1;
  }
  return `${text}${rest(pieces.length - fitting)}`;
}
