import { operateVerbs } from './operate/verbs.js';
import { reviewVerbs } from './review/verbs.js';
import { runVerbs } from './run/verbs.js';
import { shellVerbs } from './shell/verbs.js';
import type { VerbTable } from './shared/program.js';
import { writeVerbs } from './write/verbs.js';

/** Every verb of the command. A new one is an entry in the table of its room, and a file beside it. */
export const verbs: VerbTable = {
  Run: runVerbs,
  Write: writeVerbs,
  'Review and apply': reviewVerbs,
  Operate: operateVerbs,
  Shell: shellVerbs([...runVerbs, ...writeVerbs, ...reviewVerbs, ...operateVerbs]),
};
