import { provideMysql, type ProvidedMysql } from '../dev/mysql.js';
import { silentProgress } from '../dev/progress.js';
import { createOwnDatabase } from '../dev/trial/given-servers.js';
import { isGiven } from './given.js';

/** An empty database: on the server that MYSQL_URL names, else on a private one. `stop` removes it. */
export async function provideBenchMysql(): Promise<Pick<ProvidedMysql, 'url' | 'stop'>> {
  return isGiven.mysql
    ? await createOwnDatabase(process.env['MYSQL_URL']!)
    : await provideMysql({ env: process.env, progress: silentProgress, ephemeral: true });
}
