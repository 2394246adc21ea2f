/** One thing that a doctor looked at. */
export interface Finding {
  readonly what: string;
  readonly result: 'ok' | 'warning' | 'error';
  /** What was found, and how to mend it where it is not as it should be. */
  readonly message: string;
  /** The numbers of the message, for programs. */
  readonly figures?: Readonly<Record<string, unknown>>;
}

export function ok(what: string, message: string): Finding {
  return { what, result: 'ok', message };
}

export function warning(what: string, message: string): Finding {
  return { what, result: 'warning', message };
}

export function wrong(what: string, message: string): Finding {
  return { what, result: 'error', message };
}
