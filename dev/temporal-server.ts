import path from 'node:path';
import type { Environment } from './find-executable.js';
import { loopback } from './ports.js';
import type { Processes } from './processes.js';
import type { RunningProcess } from './running-process.js';
import { pidFileIn } from './instance-folder.js';

export type SearchAttributeType = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

export interface TemporalServer {
  readonly executable: string;
  readonly env: Environment;
  /** Gets the log, and the database where there is one. */
  readonly folder: string;
  /** Where workflows are kept: in memory, or in a file of the folder. */
  readonly database: 'memory' | 'file';
  readonly namespace: string;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
  readonly dynamicConfig: Readonly<Record<string, boolean | number | string>>;
  readonly port: number;
  readonly uiPort: number;
  readonly httpPort: number;
}

/** What suits one machine: settings take effect at once, and one partition a task queue, which wakes sooner than four. */
const dynamicConfigOfOneMachine = {
  'system.forceSearchAttributesCacheRefreshOnRead': true,
  'frontend.enableServerVersionCheck': false,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
} satisfies TemporalServer['dynamicConfig'];

function argsOf(server: TemporalServer): readonly string[] {
  const dynamicConfig = { ...dynamicConfigOfOneMachine, ...server.dynamicConfig };
  return [
    'server',
    'start-dev',
    '--headless=false',
    `--ip=${loopback}`,
    `--port=${server.port}`,
    `--ui-port=${server.uiPort}`,
    '--ui-disable-news-fetch',
    `--http-port=${server.httpPort}`,
    `--namespace=${server.namespace}`,
    '--log-level=error',
    ...(server.database === 'file' ? databaseArgs(server.folder) : []),
    ...Object.entries(server.searchAttributes).map(([name, type]) => `--search-attribute=${name}=${type}`),
    ...Object.entries(dynamicConfig).map(
      ([key, value]) => `--dynamic-config-value=${key}=${JSON.stringify(value)}`,
    ),
  ];
}

function databaseArgs(folder: string): readonly string[] {
  return [`--db-filename=${path.join(folder, 'temporal.db')}`, '--sqlite-pragma=journal_mode=WAL'];
}

/** Starts the dev server. It may not answer yet when this resolves. */
export async function startTemporal(server: TemporalServer, processes: Processes): Promise<RunningProcess> {
  return await processes.start({
    name: 'Temporal',
    command: server.executable,
    args: argsOf(server),
    env: server.env,
    logFile: path.join(server.folder, 'server.log'),
    // What only lives in memory has nothing to put in order before it ends.
    graceMs: server.database === 'file' ? 10_000 : 0,
    pidFile: pidFileIn(server.folder),
  });
}
