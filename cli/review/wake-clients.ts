import { openTemporal } from '../shared/connect.js';
import type { Io } from '../shared/io.js';
import { messageOf } from '../../domain/error-message.js';

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
