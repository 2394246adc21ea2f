import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type ConnectionOptions } from '@temporalio/client';

/** What a cluster beyond this machine asks for: TLS, an API key, headers. */
export type TemporalCredentials = Pick<ConnectionOptions, 'tls' | 'apiKey' | 'metadata'>;

/**
 * Resolves once the frontend has described the namespace. Throws what the last attempt threw, after `timeoutMs` or when
 * `until` says to give up.
 */
export async function awaitTemporal(
  address: string,
  namespace: string,
  credentials: TemporalCredentials,
  timeoutMs: number,
  until: () => boolean = () => false,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const leftMs = Math.max(100, deadline - Date.now());
    try {
      const connection = await Connection.connect({
        ...credentials,
        address,
        connectTimeout: Math.min(leftMs, 2_000),
      });
      try {
        await connection.withDeadline(Date.now() + leftMs, () =>
          connection.workflowService.describeNamespace({ namespace }),
        );
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (until() || Date.now() >= deadline) throw error;
    }
    await sleep(100);
  }
}
