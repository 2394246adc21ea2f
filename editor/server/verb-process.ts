import path from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../authoring/package-root.js';
import { editorVerbs, type VerbAnswer } from './protocol.js';

/** A minute is more than a plan of a large fleet takes; a server that never answers must not leave processes behind. */
const timeoutMs = 120_000;

/** Runs a verb in a process of its own, so that nothing it does can hold up typing. Throws for a verb that editors have no use for. */
export async function runVerb(
  words: readonly string[],
  cwd: string,
  signal?: AbortSignal,
): Promise<VerbAnswer> {
  const known: readonly string[] = [...editorVerbs, 'plan'];
  if (!known.includes(words[0] ?? '')) throw new Error(`the editor does not run "${words[0] ?? ''}"`);
  const program = path.join(packageRoot(), 'cli', 'low-balance.js');
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...words], {
    cwd,
    reject: false,
    timeout: timeoutMs,
    stdin: 'ignore',
    env: { NO_COLOR: '1' },
    ...(signal ? { cancelSignal: signal } : {}),
  });
  return { code: exitCode ?? 70, out: stdout, err: stderr };
}
