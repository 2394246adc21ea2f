import { patched, workflowInfo } from '@temporalio/workflow';
import { Unreadable } from './unreadable.js';

/**
 * Whether a signal can be decrypted depends on the keys of the worker that takes it, and at a replay that may be another
 * one, or the same with a key more. What the first worker found holds at every replay: a marker in the history stands for
 * each signal that was passed over.
 */
export class SealedSignals {
  private signals = 0;

  /** Called once for every signal. Why it is passed over, or undefined. Throws an Error where a worker lacks a key that another one had. */
  problemOf(args: readonly unknown[]): string | undefined {
    this.signals += 1;
    const marker = `sealed-signal-${this.signals}`;
    const sealed = args.find((each) => each instanceof Unreadable && each.sealed);
    if (!(sealed instanceof Unreadable)) {
      return workflowInfo().unsafe.isReplaying && patched(marker)
        ? 'its payload is encrypted, and could not be read when it came'
        : undefined;
    }
    if (!patched(marker)) throw new Error(`${sealed.reason}. It could be read when it came`);
    return sealed.reason;
  }
}
