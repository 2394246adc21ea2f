interface DatabaseError {
  readonly errno?: unknown;
  readonly sqlState?: unknown;
}

/** Deadlock, and a wait for a lock that took too long. */
const transientErrors = new Set<unknown>([1205, 1213]);

/** Values that no column takes, where MySQL gives them no class of their own: a wrong value, a text of wrong characters. */
const dataErrors = new Set<unknown>([1366, 3854]);

/** The statement met another writer: the same works when it is tried again. */
export function isTransient(error: unknown): boolean {
  return transientErrors.has(fieldsOf(error).errno);
}

/** The statement's own values are refused, and always will be: SQLSTATE classes 22 (data) and 23 (constraint). */
export function isOfItsData(error: unknown): boolean {
  const { errno, sqlState } = fieldsOf(error);
  return dataErrors.has(errno) || (typeof sqlState === 'string' && /^2[23]/.test(sqlState));
}

function fieldsOf(error: unknown): DatabaseError {
  return typeof error === 'object' && error !== null ? error : {};
}
