/** MySQL and MariaDB stop a statement that runs for too long, each by its own syntax; MariaDB before 10.1 knows none. */
export type ServerKind = 'MySQL' | 'MariaDB' | 'MariaDB without limits';

/** By `VERSION()`. MariaDB 10 also calls itself `5.5.5-10.…-MariaDB`. */
export function serverKindOf(version: string): ServerKind {
  if (!/mariadb/i.test(version)) return 'MySQL';
  const [, major, minor] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) < 10 || (Number(major) === 10 && Number(minor) < 1)
    ? 'MariaDB without limits'
    : 'MariaDB';
}

/**
 * A SELECT that the server itself stops after that time, milliseconds, so that nothing runs on for a caller who left. MySQL: the hint
 * MAX_EXECUTION_TIME (5.7.8 and later), in milliseconds; MariaDB: max_statement_time (10.1 and later), in seconds.
 */
export function withLimit(select: string, limitMs: number, server: ServerKind): string {
  if (server === 'MariaDB without limits') return select;
  const ms = Math.max(1, Math.ceil(limitMs));
  if (server === 'MariaDB')
    return `SET STATEMENT max_statement_time=${(ms / 1_000).toFixed(3)} FOR ${select}`;
  return select.replace(/^\s*SELECT\b/i, `SELECT /*+ MAX_EXECUTION_TIME(${ms}) */`);
}

const timeoutCodes = new Set(['ER_QUERY_TIMEOUT', 'ER_STATEMENT_TIMEOUT']);
const timeoutNumbers = new Set([3024, 1969]);

/** Whether the server stopped a statement because of its limit. */
export function isStatementTimeout(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, errno, driverError } = error as { code?: unknown; errno?: unknown; driverError?: unknown };
  if (typeof code === 'string' && timeoutCodes.has(code)) return true;
  return (typeof errno === 'number' && timeoutNumbers.has(errno)) || isStatementTimeout(driverError);
}
