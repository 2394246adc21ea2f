import type { TestWorkflowEnvironment } from '@temporalio/testing';

const patienceMs = 40;

/**
 * The time-skipping server lets time pass slowly while a task waits for a worker, because one is about to take it. Without
 * a worker nobody will: these locks are taken off until there is one again.
 */
export class TimeLocks {
  private readonly environment: TestWorkflowEnvironment;
  private released = 0;

  constructor(environment: TestWorkflowEnvironment) {
    this.environment = environment;
  }

  /** Lets time pass quickly until this sleep is over, whatever waits. */
  async releaseUntil(slept: Promise<void>): Promise<void> {
    const isOver = slept.then(() => true);
    const patience = (): Promise<false> =>
      new Promise((resolve) => setTimeout(() => resolve(false), patienceMs));
    while (!(await Promise.race([isOver, patience()]))) await this.release();
  }

  /** Puts the locks back: whoever completes a task takes its lock off. */
  async restore(): Promise<void> {
    for (; this.released > 0; this.released -= 1) await this.testService.lockTimeSkipping({});
  }

  /** Takes off the lock of a task that nobody will ever complete. */
  async releaseLost(): Promise<void> {
    await this.testService.unlockTimeSkipping({});
  }

  private async release(): Promise<void> {
    await this.testService.unlockTimeSkipping({});
    this.released += 1;
  }

  private get testService() {
    const { testService } = this.environment.connection;
    if (!testService) throw new Error('expected a time-skipping server');
    return testService;
  }
}
