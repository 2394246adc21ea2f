import { Unreadable } from './unreadable.js';

/** The one argument of a message; `Unreadable` where it cannot be decoded, or where there are several. */
export function onlyArgument(args: readonly unknown[]): unknown {
  const unreadable = args.find((each) => each instanceof Unreadable);
  if (unreadable) return unreadable;
  return args.length > 1 ? new Unreadable(`expected one argument, found ${args.length}`, false) : args[0];
}

/** Throws an Error that says what is wrong where an argument cannot be decoded. For messages that take none. */
export function refuseUnreadable(args: readonly unknown[]): void {
  const unreadable = args.find((each) => each instanceof Unreadable);
  if (unreadable) throw new Error(unreadable.reason);
}
