import { argument } from '../shared/parameters.js';
import { choice } from '../shared/readers.js';
import { verb, type Verb } from '../shared/verb.js';

/** Verbs for the shell that the command is used in; `others` are all other verbs. */
export function shellVerbs(others: readonly Verb[]): readonly Verb[] {
  const completion: Verb = verb({
    name: 'completion',
    description: 'Prints a script that completes verbs, options and their values in a shell.',
    parameters: { shell: argument('shell', '', choice('bash', 'zsh', 'fish')) },
    afterHelp: [
      'bash: source <(low-balance completion bash)',
      'zsh:  source <(low-balance completion zsh)',
      'fish: low-balance completion fish | source',
    ].join('\n'),
    run: async ({ shell }, io) =>
      (await import('./completion.js')).completion(shell, [...others, completion], io),
  });
  return [completion];
}
