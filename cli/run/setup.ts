import { serviceSettings } from '../../worker/settings.js';
import { connectDatabase, openTemporal, resolveEnvironment } from '../shared/connect.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';

/** Migrations, search attributes, the Schedule of reconciliation. Safe to repeat. */
export async function setup(io: Io): Promise<ExitCode> {
  const { setUp } = await import('../../worker/setup.js');
  const { reconcileEveryMs } = serviceSettings(resolveEnvironment(io));
  const database = await connectDatabase(io);
  try {
    const temporal = await openTemporal(io);
    try {
      const migrations = await setUp({
        database,
        client: temporal.client,
        namespace: temporal.namespace,
        reconcileEveryMs,
      });
      io.out(
        [
          migrations.length === 0
            ? 'MySQL: the tables are up to date'
            : `MySQL: ran ${migrations.join(', ')}`,
          `Temporal: search attributes and the reconciliation Schedule are in namespace ${temporal.namespace} at ${temporal.address}`,
          '',
        ].join('\n'),
      );
    } finally {
      await temporal.close();
    }
  } finally {
    await database.destroy();
  }
  return exitCode.fine;
}
