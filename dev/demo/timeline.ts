import { styleText } from 'node:util';

/** The story as it happens: one line each, with the seconds since its start, and below it where to look. */
export interface Timeline {
  /** What the story does. */
  act(text: string, link?: string): void;
  /** What the service did. */
  seen(text: string, link?: string): void;
  /** What did not come out as it should. */
  wrong(text: string): void;
}

export function createTimeline(out: (text: string) => void, colour: boolean): Timeline {
  const startedAt = Date.now();
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const line = (mark: string, text: string, link: string | undefined) => {
    const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6);
    out(`${paint('dim', `${seconds} s`)}  ${mark} ${text}\n`);
    if (link !== undefined) out(`${' '.repeat(12)}${paint('dim', link)}\n`);
  };
  return {
    act: (text, link) => line(paint('cyan', '▶'), paint('bold', text), link),
    seen: (text, link) => line(paint('green', '·'), text, link),
    wrong: (text) => line(paint('red', '✗'), text, undefined),
  };
}
