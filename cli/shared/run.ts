import type { ExitCode } from './exit-code.js';

/** Runs a verb and keeps its exit status. A verb's file is imported when it runs, so that `--help` stays quick. */
export type Run = (verb: () => Promise<ExitCode>) => Promise<void>;
