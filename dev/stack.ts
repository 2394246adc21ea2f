import { createWriteStream } from 'node:fs';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { startMailbox, type Mailbox } from '../delivery/mailbox/mailbox.js';
import { openEmail } from '../delivery/open-email.js';
import { openWebhooks } from '../delivery/open-webhooks.js';
import { mailboxSettings } from '../delivery/mailbox/mailbox-settings.js';
import { openDatabase } from '../store/database.js';
import { createLog } from '../worker/log.js';
import { searchAttributes } from '../worker/search-attributes.js';
import { installRuntime } from '../worker/runtime.js';
import { startService } from '../worker/service.js';
import { billingMysqlUrl, serviceSettings } from '../worker/settings.js';
import type { Environment } from '../settings/read-settings.js';
import { reconcileNow, setUp } from '../worker/setup.js';
import { connectNative, connectTemporal, temporalSettings } from '../worker/temporal.js';
import { openDataFolder, type DataFolder } from './data-folder.js';
import { createEphemeralFolder } from './instance-folder.js';
import { choosePort } from './ports.js';
import type { Processes } from './processes.js';
import type { Progress } from './progress.js';
import { provideMysql, type ProvidedMysql } from './mysql.js';
import { seedSampleBilling } from './sample-billing.js';
import type { SampleFleet } from './sample-fleet.js';
import { announceStack, withdrawStack, type StackAddresses } from './stack-file.js';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.js';
import { provideTemporal, type ProvidedTemporal } from './temporal.js';

export interface StackOptions {
  readonly env: Environment;
  /** Keeps what it knows in the data folder; else it is gone when the stack stops. */
  readonly persistent: boolean;
  readonly reconcileEveryMs: number;
  /** What billing data that has no clients yet is filled with. */
  readonly fleet: SampleFleet;
  /** Brings the profiles into MySQL; the stack's worker starts after it. */
  readonly syncProfiles: (database: DataSource, billing: DataSource) => Promise<void>;
  readonly progress: Progress;
  /** What the stack is stopped with. */
  readonly processes: Processes;
}

/** The whole service on this machine. */
export interface Stack {
  readonly addresses: StackAddresses;
  readonly database: DataSource;
  readonly billing: DataSource;
  readonly client: Client;
  readonly mailbox: Mailbox;
  /** Gets every webhook of the resellers. */
  readonly webhooks: WebhookReceiver;
  /** Rejects when the worker fails. */
  readonly done: Promise<void>;
}

/**
 * MySQL, Temporal, sample billing data, the profiles, the mailbox and a worker: found or started, in this order.
 * All of it is on the stack of `processes`, whose `stop` takes it down. Throws LocalStackError and what the parts throw.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { env, progress, processes } = options;
  const dataFolder = await openDataFolder();
  const [mysql, temporal] = await provideServers(options);
  const database = await openDatabase(mysql.url);
  processes.onStop('MySQL connections', () => database.destroy());
  const billingUrl = mysql.owned ? mysql.url : billingMysqlUrl(env);
  const billing = billingUrl === mysql.url ? database : await openDatabase(billingUrl);
  if (billing !== database) processes.onStop('billing connections', () => billing.destroy());
  const { clients, resellers } = options.fleet;
  progress.step(`Billing: sample data of ${resellers.length} resellers and ${clients.length} clients`);
  await seedSampleBilling(billing, options.fleet, Date.now());

  const settings = temporalSettings({ ...env, ...temporalEnvironment(temporal) });
  const client = await connectTemporal(settings);
  processes.onStop('Temporal client', () => client.connection.close());
  const { namespace } = settings;
  await setUp({ database, client, namespace, reconcileEveryMs: options.reconcileEveryMs });
  progress.step('Profiles: syncing profiles/ into MySQL');
  await options.syncProfiles(database, billing);

  const mailbox = await openMailbox(options, dataFolder, temporal);
  const webhooks = await openWebhookReceiver(options);
  const addresses = addressesOf(mysql, temporal, mailbox);
  const log = createLog('info', createWriteStream(path.join(dataFolder.root, 'worker.log'), { flags: 'a' }));
  installRuntime(log);
  const connection = await connectNative(settings);
  progress.step(`Worker: starting, its log is ${path.join(dataFolder.root, 'worker.log')}`);
  const service = await startService({
    database,
    billing,
    client,
    connection,
    namespace,
    channels: {
      // The mailbox takes any key; a reseller's own is for its own account.
      email: openEmail(
        { ...withoutMail(env), ...mailboxSettings(mailbox.apiUrl) },
        {},
        () => 'SG.local-mailbox',
      ).channel,
      webhook: openWebhooks(env, database, { instead: webhooks }),
    },
    settings: { ...serviceSettings(env), httpPort: 0, reconcileEveryMs: options.reconcileEveryMs },
    log,
  });
  processes.onStop('worker', async () => {
    await service.stop();
    await connection.close();
  });
  await announceStack(addresses);
  processes.onStop('announcement', () => withdrawStack());
  await reconcileNow(client);
  return { addresses, database, billing, client, mailbox, webhooks, done: service.done };
}

/** What is set for real mails is not for the mailbox. */
function withoutMail(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(SENDGRID|MAIL)_/.test(name)));
}

async function provideServers(options: StackOptions): Promise<[ProvidedMysql, ProvidedTemporal]> {
  const { env, persistent, progress, processes } = options;
  // With what else it takes, who names a server that is not there hears of it within 10 s.
  const both = { env, progress, processes, patienceMs: 8_000 };
  const { address, namespace } = givenTemporal(env);
  return await Promise.all([
    provideMysql({ ...both, mysqlUrl: env['MYSQL_URL'] || undefined, ephemeral: !persistent }),
    provideTemporal({
      ...both,
      address,
      namespace,
      persistent,
      searchAttributes: Object.fromEntries(searchAttributes.map((name) => [name, 'Keyword'])),
    }),
  ]);
}

/** A Temporal that the environment names is used; any other is started. */
function givenTemporal(env: Environment): { address: string | undefined; namespace: string | undefined } {
  const named = env['TEMPORAL_ADDRESS'] || env['TEMPORAL_PROFILE'] || env['TEMPORAL_CONFIG_FILE'];
  const settings = named ? temporalSettings(env) : undefined;
  return { address: settings?.address, namespace: settings?.namespace ?? env['TEMPORAL_NAMESPACE'] };
}

function temporalEnvironment(temporal: ProvidedTemporal): Environment {
  return temporal.owned ? { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace } : {};
}

async function openMailbox(
  { persistent, progress, processes }: StackOptions,
  dataFolder: DataFolder,
  temporal: ProvidedTemporal,
): Promise<Mailbox> {
  const ownFolder = persistent ? undefined : await createEphemeralFolder('Mailbox', dataFolder);
  const port = await choosePort({ purpose: 'the mailbox', preferred: 8025, howToChoose: 'free port 8025' });
  const mailbox = await startMailbox({
    folder: ownFolder?.path ?? dataFolder.mailbox,
    port,
    ...(temporal.uiUrl ? { temporalUiUrl: temporal.uiUrl, temporalNamespace: temporal.namespace } : {}),
  });
  processes.onStop('mailbox', async () => {
    await mailbox.stop();
    await ownFolder?.release();
  });
  progress.step(`Mailbox: ${mailbox.url}`);
  return mailbox;
}

async function openWebhookReceiver({ progress, processes }: StackOptions): Promise<WebhookReceiver> {
  const purpose = 'the receiver of webhooks';
  const receiver = await startWebhookReceiver(
    await choosePort({ purpose, preferred: 8026, howToChoose: 'free port 8026' }),
  );
  processes.onStop(purpose, () => receiver.stop());
  progress.step(`Webhooks: ${receiver.url}`);
  return receiver;
}

function addressesOf(mysql: ProvidedMysql, temporal: ProvidedTemporal, mailbox: Mailbox): StackAddresses {
  return {
    pid: process.pid,
    mysqlUrl: mysql.url,
    temporalAddress: temporal.address,
    temporalNamespace: temporal.namespace,
    ...(temporal.uiUrl ? { temporalUiUrl: temporal.uiUrl } : {}),
    ...(temporal.httpUrl ? { temporalHttpUrl: temporal.httpUrl } : {}),
    mailboxUrl: mailbox.url,
    mailboxApiUrl: mailbox.apiUrl,
  };
}
