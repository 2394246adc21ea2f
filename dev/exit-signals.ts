import { constants } from 'node:os';
import type { Progress } from './progress.js';
import { messageOf } from '../domain/error-message.js';

const exitSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type ExitSignal = (typeof exitSignals)[number];

export interface ExitSignalHandling {
  readonly progress: Progress;
  /** Takes everything down in order. */
  readonly stop: () => Promise<void>;
  /** Kills everything without waiting. */
  readonly killNow: () => void;
  /** The exit status after a signal; default: 128 + its number. */
  readonly exitCodeAfter?: ((signal: ExitSignal) => number) | undefined;
}

/** At the first signal: stops everything, then exits. At the second: kills everything and exits. Returns how to undo it. */
export function handleExitSignals(handling: ExitSignalHandling): () => void {
  const { progress } = handling;
  const exitCodeAfter = handling.exitCodeAfter ?? ((signal) => 128 + constants.signals[signal]);
  let signalled = false;

  async function stopAndExit(signal: ExitSignal): Promise<void> {
    progress.step(`${signal}: stopping everything (once more kills at once)`);
    try {
      await handling.stop();
    } catch (error) {
      progress.step(messageOf(error));
    }
    process.exit(exitCodeAfter(signal));
  }

  function onSignal(signal: NodeJS.Signals): void {
    const exitSignal = exitSignals.find((each) => each === signal);
    if (exitSignal === undefined) return;
    if (signalled) {
      handling.killNow();
      process.exit(exitCodeAfter(exitSignal));
    }
    signalled = true;
    void stopAndExit(exitSignal);
  }

  for (const signal of exitSignals) process.on(signal, onSignal);
  return () => {
    for (const signal of exitSignals) process.off(signal, onSignal);
  };
}
