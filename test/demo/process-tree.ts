import { isRunning } from '../../dev/process-groups.js';
import { treesOf } from '../../dev/process-trees.js';

/** Remembers every process that a process ever had below it. */
export class ProcessTree {
  private readonly seen = new Set<number>();
  private readonly looking: NodeJS.Timeout;

  constructor(root: number) {
    this.looking = setInterval(() => {
      // Those that were reparented are found below those that were seen before.
      for (const pid of treesOf([root, ...this.seen])) this.seen.add(pid);
    }, 100).unref();
  }

  /** How many were seen, of which some may have ended. */
  get size(): number {
    return this.seen.size;
  }

  /** The pids of those that run. Looks no further. */
  left(): readonly number[] {
    clearInterval(this.looking);
    return [...this.seen].filter(isRunning);
  }
}
