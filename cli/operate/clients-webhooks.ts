import { folderOf } from '../../domain/reseller/reseller-directory.js';
import type { StoppedWebhook } from '../../store/stopped-webhooks.js';
import { withDatabases } from '../shared/databases.js';
import type { Io } from '../shared/io.js';

/** The webhooks that rules of this client's profile name and that are stopped. */
export async function readStoppedWebhooksOf(
  clientId: string,
  profileId: string,
  io: Io,
): Promise<readonly StoppedWebhook[]> {
  return await withDatabases(io, async (database, billing) => {
    const { readStoppedWebhooks } = await import('../../store/stopped-webhooks.js');
    const stopped = await readStoppedWebhooks(database);
    if (stopped.length === 0) return [];
    const [{ createProfiles }, { createResellers }, { createBilling }] = await Promise.all([
      import('../../store/profiles.js'),
      import('../../store/resellers.js'),
      import('../../billing/mysql/billing.js'),
    ]);
    const stored = await createProfiles(database).read(profileId);
    const names = new Set(stored?.profile.rules.flatMap(({ webhooks }) => webhooks) ?? []);
    if (names.size === 0) return [];
    const resellers = await createResellers(database).current();
    const profileFolder = folderOf({ id: profileId });
    const client = await createBilling(billing).identify(clientId);
    const clientFolder = resellers.ofClient(client?.resellerId ?? null, profileFolder)?.reseller;
    const called = [...names].map((name) => resellers.webhook({ clientFolder, profileFolder, name }));
    return stopped.filter((each) =>
      called.some((found) => found?.reseller === each.reseller && found.name === each.webhook),
    );
  });
}
