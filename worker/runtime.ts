import { Runtime } from '@temporalio/worker';
import { temporalLogger, type Log } from './log.js';

export interface RuntimeOptions {
  /** A free port of this machine for the SDK's own metrics; absent: they are not collected. */
  readonly sdkMetricsPort?: number | undefined;
}

/**
 * Once per process and before anything else of Temporal's: whoever calls it chooses where its messages go. Answers where
 * the SDK serves its metrics.
 */
export function installRuntime(log: Log, { sdkMetricsPort }: RuntimeOptions = {}): string | undefined {
  const bindAddress = `127.0.0.1:${sdkMetricsPort}`;
  Runtime.install({
    logger: temporalLogger(log),
    // The process's own signal handling decides: the SDK's would stop the worker behind its back.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(sdkMetricsPort === undefined
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress,
                countersTotalSuffix: true,
                unitSuffix: true,
                useSecondsForDurations: true,
              },
            },
          }),
    },
  });
  return sdkMetricsPort === undefined ? undefined : `http://${bindAddress}/metrics`;
}
