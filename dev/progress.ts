/** Hears what the local stack is doing, one line a step: "Temporal: …, (set TEMPORAL_ADDRESS to use your own)". */
export interface Progress {
  step(message: string): void;
}

/** For callers that show nothing. */
export const silentProgress: Progress = {
  step() {
    // Nothing to show.
  },
};

/** Writes each step to standard error, which keeps standard output for results. */
export const progressOnStderr: Progress = {
  step(message) {
    console.error(message);
  },
};
