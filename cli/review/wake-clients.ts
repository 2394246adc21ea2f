import type { Client } from '@temporalio/client';
import { connectDatabase, openTemporal } from '../shared/connect.js';
import type { Io } from '../shared/io.js';
import { messageOf } from '../../domain/error-message.js';

/** Looks begin, end or come at another pace at once (rule 18); without it a worker sees to that within a minute. */
async function followLooks(client: Client, io: Io): Promise<void> {
  const { scheduleLooks } = await import('../../worker/looks.js');
  const database = await connectDatabase(io);
  try {
    await scheduleLooks(client, database);
  } finally {
    await database.destroy();
  }
}

/**
 * Triggers the reconciliation, which wakes the clients whose next check comes earlier; paced, and resumed where it
 * stops. Answers true, or why the clients hear of it later: MySQL is synced all the same.
 */
export async function wakeClients(io: Io): Promise<true | string> {
  try {
    const { reconcileNow } = await import('../../worker/setup.js');
    const temporal = await openTemporal(io);
    try {
      await reconcileNow(temporal.client);
      await followLooks(temporal.client, io);
      return true;
    } finally {
      await temporal.close();
    }
  } catch (error) {
    const reason = messageOf(error);
    return (
      `warning: MySQL is synced, but reconciliation could not be triggered: ${reason}. ` +
      'Clients follow the new profiles at their next check; a shorter Period, and new clients, wait for the next scheduled reconciliation.'
    );
  }
}
