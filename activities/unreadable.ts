/** A view or a column of it is not there: for ever, or for the moment in which somebody replaces the view. */
const missingCodes = new Set(['ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR', 'ER_VIEW_INVALID']);

/** MySQL's errors that no retry mends: views or columns that are missing, grants. */
const permanentCodes = new Set([
  ...missingCodes,
  'ER_BAD_DB_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
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
