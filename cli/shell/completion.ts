import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import type { Verb } from '../shared/verb.js';
import { bashScript } from './bash-script.js';
import { completable, type CompletableVerb } from './completable.js';
import { fishScript } from './fish-script.js';
import { zshScript } from './zsh-script.js';

export type Shell = 'bash' | 'zsh' | 'fish';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const satisfies Record<
  Shell,
  (verbs: readonly CompletableVerb[]) => string
>;

/** Prints the script that teaches a shell the verbs, their options and the values that are few. */
export async function completion(shell: Shell, verbs: readonly Verb[], io: Io): Promise<ExitCode> {
  io.out(scripts[shell](verbs.map(completable)));
  return exitCode.fine;
}
