/** Field values and names are cut there; the JSON has them whole. */
const mostOfOneValue = 300;

/** In a code element GitHub makes neither mentions nor references of text. */
export function code(text: string): string {
  return `<code>${entities(text)}</code>`;
}

/** Text outside of code: an invisible space keeps an @ and a # from becoming mentions and references. */
export function escaped(text: string): string {
  return entities(text).replace(/&#(64|35);/g, '$&&#8203;');
}

/** Everything but letters, digits and the plainest signs becomes an entity: no Markdown, HTML or autolink is left. */
function entities(text: string): string {
  const short = text.length > mostOfOneValue ? `${text.slice(0, mostOfOneValue)}…` : text;
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

/** As many pieces as fit, then how many did not. */
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
    if (text.length + piece.length > room) break;
    text += piece;
    fitting += 1;
  }
  return `${text}${rest(pieces.length - fitting)}`;
}
