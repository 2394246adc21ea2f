import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { runningStack, type StackAddresses } from '../../dev/stack-file.js';
import { mailboxSettings } from '../../delivery/mailbox/mailbox-settings.js';
import { billingMysqlUrl, mysqlUrl } from '../../worker/settings.js';
import type { Environment } from '../../settings/read-settings.js';
import type { Io } from './io.js';

/**
 * Where a verb finds MySQL, Temporal and the mail provider: what the environment says, and for each that it does not say, the
 * local stack where one is running (`low-balance dev` or `demo`).
 */
export function resolveEnvironment(io: Io): Environment {
  const stack = runningStack();
  if (stack === undefined) return io.env;
  const ofStack = environmentOf(stack);
  const missing = Object.keys(ofStack).filter((name) => !isSaid(io.env, name));
  return { ...io.env, ...Object.fromEntries(missing.map((name) => [name, ofStack[name]])) };
}

/** The local stack as settings. A MySQL or Temporal that the environment names is never mixed with the stack's. */
export function environmentOf(stack: StackAddresses): Environment {
  return {
    MYSQL_URL: stack.mysqlUrl,
    TEMPORAL_ADDRESS: stack.temporalAddress,
    TEMPORAL_NAMESPACE: stack.temporalNamespace,
    ...mailboxSettings(stack.mailboxApiUrl),
  };
}

function isSaid(env: Environment, name: string): boolean {
  const group = groups.find((names) => names.includes(name)) ?? [name];
  return group.some((each) => env[each] !== undefined && env[each] !== '');
}

/** Settings that name one place together: where one of them is said, the stack gives none of them. */
const groups: readonly (readonly string[])[] = [
  ['MYSQL_URL', 'BILLING_MYSQL_URL'],
  ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'],
  Object.keys(mailboxSettings(undefined)),
];

/** The database of the service's own tables. The caller destroys it. Throws SettingsError or DatabaseError. */
export async function connectDatabase(io: Io): Promise<DataSource> {
  const { openDatabase } = await import('../../store/database.js');
  return await openDatabase(mysqlUrl(resolveEnvironment(io)), { poolSize: 4 });
}

/** The database of the billing views. The caller destroys it. Throws SettingsError or DatabaseError. */
export async function connectBilling(io: Io): Promise<DataSource> {
  const { openDatabase } = await import('../../store/database.js');
  return await openDatabase(billingMysqlUrl(resolveEnvironment(io)), { poolSize: 4 });
}

/** Whether a database is named, by the environment or by a running local stack: verbs that can do without one ask first. */
export function hasDatabase(io: Io): boolean {
  return isSaid(resolveEnvironment(io), 'MYSQL_URL');
}

export interface TemporalAccess {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  /** The page of a workflow in the Temporal UI; undefined where no UI is known. */
  workflowUrl(workflowId: string): string | undefined;
  close(): Promise<void>;
}

/** Temporal. Throws TemporalError within 10 s where it does not answer. */
export async function openTemporal(io: Io): Promise<TemporalAccess> {
  const { connectTemporal, temporalSettings } = await import('../../worker/temporal.js');
  const env = resolveEnvironment(io);
  const settings = temporalSettings(env);
  const client = await connectTemporal(settings);
  const uiUrl = uiUrlOf(env, settings.address);
  return {
    client,
    address: settings.address,
    namespace: settings.namespace,
    workflowUrl: (workflowId) =>
      uiUrl &&
      `${uiUrl}/namespaces/${encodeURIComponent(settings.namespace)}/workflows/${encodeURIComponent(workflowId)}`,
    close: () => client.connection.close(),
  };
}

/** `TEMPORAL_UI_URL`, or the local stack's where that is the one used. */
function uiUrlOf(env: Environment, address: string): string | undefined {
  const said = env['TEMPORAL_UI_URL'];
  if (said) return said.replace(/\/+$/, '');
  const stack = runningStack();
  return stack?.temporalAddress === address ? stack.temporalUiUrl : undefined;
}
