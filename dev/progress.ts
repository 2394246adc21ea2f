/** Where the stack says what it is doing, and how to choose otherwise. */
export type Progress = (message: string) => void;

/** A part of the stack that could not be provided; the message says what to do. */
export class StackError extends Error {
  override readonly name = 'StackError';
}
