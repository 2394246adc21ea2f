import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import type { Logger as TemporalLogger, LogLevel } from '@temporalio/worker';

export type Log = Pino;

/** Structured JSON lines on standard output, or where `destination` says. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const pinoLevels = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/** Temporal's own messages and those of workflows, with their client and workflow. */
export function temporalLogger(log: Log): TemporalLogger {
  const write = (level: LogLevel, message: string, meta: Record<string, unknown> = {}) =>
    log[pinoLevels[level]](factsOf(meta), message);
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}

function factsOf(meta: Record<string, unknown>): Record<string, unknown> {
  const { error, workflowId } = meta;
  const clientId =
    typeof workflowId === 'string' && workflowId.startsWith('low-balance:client:')
      ? { clientId: workflowId.slice('low-balance:client:'.length) }
      : {};
  return { ...meta, ...clientId, ...(error instanceof Error ? { err: error, error: undefined } : {}) };
}
