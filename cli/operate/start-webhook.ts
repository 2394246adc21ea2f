import { withDatabase } from '../shared/databases.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';
import { printable } from '../shared/printable.js';

/** Starts a webhook again that its receiver stopped: the next notice is posted to it. `name`: `<reseller>/<webhook>`. */
export async function startWebhook(name: string, io: Io): Promise<ExitCode> {
  const [reseller = '', webhook = ''] = name.split('/');
  return await withDatabase(io, async (database) => {
    const { startWebhooks } = await import('../../store/stopped-webhooks.js');
    const started = await startWebhooks(database, reseller, [webhook]);
    if (started > 0) {
      io.out(
        `The webhook ${printable(name)} is started again: it is called with the next notice that names it.\n`,
      );
      return exitCode.fine;
    }
    io.err(`The webhook ${printable(name)} is not stopped. See: low-balance doctor`);
    return exitCode.findings;
  });
}
