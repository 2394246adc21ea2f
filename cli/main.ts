import { environment } from '../worker/settings.js';
import { runCommandLine } from './command-line.js';
import { standardStreams } from './shared/standard-streams.js';

const { out, err, progress, outputClosed, failed } = standardStreams(process);

const code = await runCommandLine(process.argv.slice(2), {
  out,
  err,
  progress: process.stderr.isTTY ? progress : undefined,
  env: environment,
  cwd: process.cwd(),
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  colour: process.stdout.isTTY && process.stdout.hasColors(),
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  outputClosed,
});
if (!failed()) process.exitCode = code;
