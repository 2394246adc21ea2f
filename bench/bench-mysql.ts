import { provideMysql, type ProvidedMysql } from '../dev/mysql.js';
import { silentProgress } from '../dev/progress.js';
import { createOwnDatabase } from '../dev/trial/given-servers.js';

/** An empty database: on the server that MYSQL_URL names, else on a private one. `stop` removes it. */
export async function provideBenchMysql(): Promise<Pick<ProvidedMysql, 'url' | 'stop'>> {
  const { MYSQL_URL: given } = process.env;
  return given
    ? await createOwnDatabase(given)
    : await provideMysql({ env: process.env, progress: silentProgress, ephemeral: true });
}
