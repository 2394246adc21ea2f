import { hostname } from 'node:os';
import { variablesOf } from '../domain/reseller/reseller-variables.js';
import { text, type Environment } from '../settings/read-settings.js';
import type { Queryable } from '../store/queryable.js';
import type { Resellers } from '../store/resellers.js';
import { reportEveryMs, reportVariables } from '../store/worker-variables.js';

export interface VariableReports {
  stop(): Promise<void>;
}

export interface VariableReportsOptions {
  readonly own: Queryable;
  readonly resellers: Resellers;
  readonly env: Environment;
  readonly onError: (error: unknown) => void;
}

/** Says each minute which of the variables that resellers' settings name this worker has: `doctor` names those that lack one. */
export function startVariableReports({
  own,
  resellers,
  env,
  onError,
}: VariableReportsOptions): VariableReports {
  const worker = `${process.pid}@${hostname()}`;
  let running = report();
  const timer = setInterval(() => {
    running = running.then(report);
  }, reportEveryMs);
  timer.unref();

  async function report(): Promise<void> {
    try {
      const { all } = await resellers.current();
      const named = all.flatMap(({ reseller, content }) => variablesOf(reseller, content));
      const present = new Map(named.map(({ variable }) => [variable, text(env, variable) !== undefined]));
      await reportVariables(own, worker, present, Date.now());
    } catch (error) {
      onError(error);
    }
  }

  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
