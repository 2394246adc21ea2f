import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';

/** Where a URL of MySQL leads, without user and password: `host:port/database`. */
export function mysqlAddress(url: string): string {
  if (!URL.canParse(url)) return 'an address that is no URL';
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port === '' ? '3306' : port}${pathname}`;
}

/** Whether waiting may help: nobody listens yet, or the answer does not come. */
function mayPass(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'PROTOCOL_CONNECTION_LOST', 'EAI_AGAIN'].includes(code);
}

/**
 * Resolves once the server has answered a query. Throws what the last attempt threw: at once where waiting does not help
 * (a wrong password, an unknown database), else after `timeoutMs` or when `until` says to give up.
 */
export async function awaitMysql(
  url: string,
  timeoutMs: number,
  until: () => boolean = () => false,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const leftMs = Math.max(100, deadline - Date.now());
    try {
      const connection = await createConnection({ uri: url, connectTimeout: leftMs });
      await connection.query('SELECT 1');
      await connection.end();
      return;
    } catch (error) {
      if (!mayPass(error) || until() || Date.now() >= deadline) throw error;
    }
    await sleep(100);
  }
}
