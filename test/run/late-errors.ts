import { AsyncLocalStorage } from 'node:async_hooks';

const fatal = new Set(['uncaughtException', 'unhandledRejection']);
const fileOf = new AsyncLocalStorage<number>();
let current = 0;

/** From now on what is done belongs to another test file. */
export function enterFile(): void {
  current += 1;
  fileOf.enterWith(current);
}

/**
 * Passes over errors that nobody catches of test files that are over, in the worker of a parallel run. Mocha would blame the
 * tests of the next file for them; between files it does not listen, and a worker that dies takes the results of its next file
 * with it.
 */
export function outliveLateErrors(): void {
  const emit = process.emit.bind(process) as (event: string, ...args: unknown[]) => boolean;
  process.emit = ((event: string, ...args: unknown[]) => {
    if (!fatal.has(event)) return emit(event, ...args);
    const error = args[0] as (Error & { readonly code?: string }) | undefined;
    const isOver = (fileOf.getStore() ?? current) !== current || error?.code === 'ERR_MOCHA_MULTIPLE_DONE';
    if (!isOver && process.listenerCount(event) > 0) return emit(event, ...args);
    process.stderr.write(`after the end of its test: ${error?.stack ?? String(error)}\n`);
    return true;
  }) as typeof process.emit;
}
