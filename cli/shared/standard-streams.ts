import type { Writable } from 'node:stream';
import { exitCode } from './exit-code.js';

/** To the first column, and nothing to the right of it. */
const clearLine = '\r\u001b[K';

/**
 * Where results and messages go. A reader that has gone (`low-balance list | head -1`) is no error: what is written
 * after it is dropped in silence, and the verb ends with its own exit status. Results that cannot be written for
 * another reason, such as a full disk, end in the status `internal`.
 */
export function standardStreams(process: {
  readonly stdout: Writable;
  readonly stderr: Writable;
  exitCode?: number | string | null | undefined;
}): {
  readonly out: (text: string) => void;
  readonly err: (line: string) => void;
  /** One line in place of the last one; `err` begins after it. */
  readonly progress: (line: string) => void;
  /** Aborted when nobody reads the results any more. */
  readonly outputClosed: AbortSignal;
  /** Whether results were lost. */
  readonly failed: () => boolean;
} {
  const closed = new AbortController();
  let failed = false;
  let inProgress = false;
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!closed.signal.aborted && error.code !== 'EPIPE') {
      failed = true;
      process.stderr.write(`error: standard output cannot be written: ${error.message}\n`);
      process.exitCode = exitCode.internal;
    }
    closed.abort();
  });
  return {
    out(text) {
      if (!closed.signal.aborted) process.stdout.write(text);
    },
    err(line) {
      process.stderr.write(`${inProgress ? clearLine : ''}${line}\n`);
      inProgress = false;
    },
    progress(line) {
      inProgress = true;
      process.stderr.write(`${clearLine}${line}`);
    },
    outputClosed: closed.signal,
    failed: () => failed,
  };
}
