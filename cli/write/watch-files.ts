import { watch } from 'chokidar';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';

/** A save of an editor is several events. */
const settleMs = 100;

/** Runs `once` now and after every change of the files, until SIGINT, or until nobody reads the results. What the last run found is the exit status. */
export async function watchFiles(
  paths: readonly string[],
  io: Io,
  once: () => Promise<ExitCode>,
): Promise<ExitCode> {
  let last: ExitCode = exitCode.fine;
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    running = runAfter(running);
  };
  async function runAfter(before: Promise<void>): Promise<void> {
    await before;
    io.err('validating…');
    last = await once();
    io.err('waiting for changes (Ctrl-C ends)');
  }
  const watcher = watch([...paths], {
    cwd: io.cwd,
    ignoreInitial: true,
    ignored: (file) => file.includes('node_modules'),
  });
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(run, settleMs);
  });
  run();
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
    if (io.outputClosed?.aborted) resolve();
    else io.outputClosed?.addEventListener('abort', () => resolve(), { once: true });
  });
  clearTimeout(timer);
  await watcher.close();
  await running;
  return last;
}
