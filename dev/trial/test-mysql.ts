import { createConnection } from 'mysql2/promise';
import { provideMysql, type ProvideMysqlOptions, type ProvidedMysql } from '../mysql.js';
import { progressOnStderr, silentProgress } from '../progress.js';
import { serversAreShared, sharedServers } from './sharing.js';

/** An empty database on a real server. */
export type TestMysql = Pick<ProvidedMysql, 'url' | 'stop'>;

export interface TestMysqlOptions extends Pick<ProvideMysqlOptions, 'serverOptions'> {
  /** Variables of the server's process, besides those of this one. */
  readonly env?: ProvideMysqlOptions['env'];
  /** A server of its own, for tests that kill it, look at all of it or change its settings. */
  readonly own?: boolean;
  readonly quiet?: boolean;
}

let shared: Promise<ProvidedMysql> | undefined;
let databases = 0;

/** A database of its own for the caller, on the shared server where files share; `stop` drops it. */
export async function provideTestMysql(options: TestMysqlOptions = {}): Promise<TestMysql> {
  const { own = false, env = {}, serverOptions, quiet = false } = options;
  const both = { env: { ...process.env, ...env }, ephemeral: true };
  if (own || serverOptions !== undefined || !serversAreShared()) {
    const progress = quiet ? silentProgress : progressOnStderr;
    return await provideMysql({ ...both, progress, ...(serverOptions && { serverOptions }) });
  }
  shared ??= provideMysql({ ...both, progress: progressOnStderr, processes: sharedServers });
  const { url } = await shared;
  databases += 1;
  const name = `test_${databases}`;
  await ask(url, `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  const ofDatabase = new URL(url);
  ofDatabase.pathname = `/${name}`;
  return { url: ofDatabase.href, stop: () => ask(url, `DROP DATABASE IF EXISTS ${name}`) };
}

async function ask(url: string, sql: string): Promise<void> {
  const connection = await createConnection({ uri: url });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
