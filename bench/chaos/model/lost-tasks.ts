import { starvedMs } from './ask-truth.js';
import type { Truth } from './truth.js';

/** Temporal gives a workflow task to another worker after so long. */
const taskMs = 10_000;
/** A worker that was denied so much of that time was kept from answering by the machine. */
const deniedMs = 2_500;

/** Workflow tasks of one client that no worker answered in time. */
export class LostTasks {
  private readonly lostAt: number[] = [];

  constructor(private readonly truth: Truth) {}

  note(at: number): void {
    this.lostAt.push(at);
  }

  any(from: number, until: number): boolean {
    return this.between(from, until).length > 0;
  }

  /** For how long they kept the client from being checked where that was the machine's fault. */
  excusedMs(from: number, until: number): number {
    const machines = this.between(from, until).filter(
      (at) => starvedMs(this.truth, at - taskMs, at) >= deniedMs,
    );
    return machines.length * taskMs;
  }

  private between(from: number, until: number): readonly number[] {
    return this.lostAt.filter((at) => at >= from && at <= until);
  }
}
