const fatal = new Set(['uncaughtException', 'unhandledRejection']);

/**
 * Keeps a worker of a parallel run alive when a test that is over throws, or ends once more. Between files mocha does not listen
 * to errors, and a worker that dies takes the results of its next file with it; while that file runs, mocha would blame its tests.
 */
export function outliveLateErrors(): void {
  const emit = process.emit.bind(process) as (event: string, ...args: unknown[]) => boolean;
  process.emit = ((event: string, ...args: unknown[]) => {
    if (!fatal.has(event)) return emit(event, ...args);
    const error = args[0] as (Error & { readonly code?: string }) | undefined;
    const hasFailedAlready = error?.code === 'ERR_MOCHA_MULTIPLE_DONE';
    if (!hasFailedAlready && process.listenerCount(event) > 0) return emit(event, ...args);
    process.stderr.write(`after the end of its test: ${error?.stack ?? String(error)}\n`);
    return true;
  }) as typeof process.emit;
}
