import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import type { Logger as TemporalLogger, LogLevel } from '@temporalio/worker';
import { clientIdOf } from '../workflows/client-workflow-id.js';

export type Log = Pino;

/** Structured JSON lines on standard output, or where `destination` says. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const pinoLevels = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/** Temporal's own messages and those of workflows and activities, with their client and workflow. */
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

/** Temporal writes `workflowId` in its TypeScript part and `workflow_id` in its native one: here it has one name. */
function factsOf(meta: Record<string, unknown>): Record<string, unknown> {
  const { error, workflow_id: nativeId, ...facts } = meta;
  const workflowId = facts['workflowId'] ?? nativeId;
  const clientId = typeof workflowId === 'string' ? clientIdOf(workflowId) : undefined;
  return {
    ...facts,
    ...(workflowId === undefined ? {} : { workflowId }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(error === undefined ? {} : { err: error }),
  };
}
