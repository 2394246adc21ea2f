import { log } from '@temporalio/workflow';
import { ignoredText, ignoreMessage, isWorthLogging, type IgnoredMessages } from './ignored-messages.js';

const notesKept = 5;
const longestNote = 500;

export interface CarriedNotes {
  readonly notes: readonly string[];
  readonly ignored?: IgnoredMessages;
}

/** What happened to a client's workflow, for people to read: the last of it, however much it is. */
export class WatchNotes {
  private notes: readonly string[];
  private ignored: IgnoredMessages | undefined;

  constructor(notes: readonly string[], ignored: IgnoredMessages | undefined) {
    this.notes = notes;
    this.ignored = ignored;
  }

  note(text: string): void {
    this.notes = [...this.notes, text.slice(0, longestNote)].slice(-notesKept);
  }

  /** A signal that cannot be taken (rule 24). */
  ignore(message: { readonly name: string; readonly problem: string }, now: number): void {
    this.ignored = ignoreMessage(this.ignored, message, now);
    if (isWorthLogging(this.ignored)) log.warn('signal ignored', { ...message, count: this.ignored.count });
  }

  all(): readonly string[] {
    return this.ignored ? [...this.notes, ignoredText(this.ignored)] : this.notes;
  }

  carried(): CarriedNotes {
    return { ...(this.ignored ? { ignored: this.ignored } : {}), notes: this.notes };
  }
}
