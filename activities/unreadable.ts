/** A view or a column of it is not there: for ever, or for the moment in which somebody replaces the view. */
const missingCodes = new Set(['ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR', 'ER_VIEW_INVALID']);

/** MySQL's errors that no retry mends: what is missing, grants, and views that the server refuses to work out at all. */
const permanentCodes = new Set([
  ...missingCodes,
  'ER_BAD_DB_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_PROCACCESS_DENIED_ERROR',
  // A view's definer, as of a dump of another server, or a function that it calls.
  'ER_NO_SUCH_USER',
  'ER_SP_DOES_NOT_EXIST',
  'ER_CANT_AGGREGATE_2COLLATIONS',
  'ER_CANT_AGGREGATE_3COLLATIONS',
  'ER_CANT_AGGREGATE_NCOLLATIONS',
  'ER_WRONG_FIELD_WITH_GROUP',
  'ER_TOO_BIG_SELECT',
]);

export function isMissingView(error: unknown): boolean {
  return missingCodes.has(codeOf(error) ?? '');
}

/** Errors of the billing views that the next check may find gone, and a retry would not. */
const ofBillingViews = new Set(['BillingTimeoutError', 'BillingDataError']);

/**
 * Rule 14: the reason where data cannot be read and no retry would help, so that the client waits for its next check;
 * undefined for a transient fault, which Temporal retries.
 */
export function unreadable(error: unknown): string | undefined {
  if (error instanceof SyntaxError || error instanceof RangeError) return error.message;
  if (error instanceof Error && ofBillingViews.has(error.name)) return error.message;
  const code = codeOf(error);
  if (code !== undefined && permanentCodes.has(code)) return `${code}: ${(error as Error).message}`;
  return undefined;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'driverError' in error ? codeOf(error.driverError) : undefined;
}
