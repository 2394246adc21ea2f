import type { Io } from '../../cli/shared/io.js';

/** What a verb prints, in strings. */
export function anIo(cwd: string, env: Io['env'] = {}): Io & { printed(): string; said(): string } {
  let out = '';
  let err = '';
  return {
    out: (text) => void (out += text),
    err: (line) => void (err += `${line}\n`),
    env,
    cwd,
    interactive: false,
    colour: false,
    printed: () => out,
    said: () => err,
  };
}
