import { createProgram, type VerbTable } from '../../cli/shared/program.js';
import { verbs } from '../../cli/verbs.js';

/** The verbs with nothing behind them: a line is read, and refused where it is wrong. */
const table = Object.fromEntries(
  Object.entries(verbs).map(([group, all]) => [
    group,
    all.map((verb) => ({ ...verb, run: () => Promise.resolve(0 as const) })),
  ]),
) as unknown as VerbTable;

/** What the command line says against these words, or undefined. Runs nothing. */
export async function refusalOf(words: readonly string[], cwd: string): Promise<Error | undefined> {
  const io = { out: () => {}, err: () => {}, env: {}, cwd, interactive: false, colour: false };
  try {
    await createProgram(table, '0.0.0', io, () => {}).parseAsync(words, { from: 'user' });
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
