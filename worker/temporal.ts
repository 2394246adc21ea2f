import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { encryptingConverter } from './encryption.js';
import { payloadSettings } from './settings.js';
import { SettingsError, text, type Environment } from '../settings/read-settings.js';
import { tlsRefusal } from './tls-refusal.js';
import { messageOf } from '../domain/error-message.js';
import { withinTime } from './time-limit.js';

/** Temporal could not be reached. The message names the address. */
export class TemporalError extends Error {
  override readonly name = 'TemporalError';
}

/** Where Temporal is, from `TEMPORAL_*` and `temporal.toml` as every Temporal program reads them. */
export interface TemporalSettings {
  readonly options: NativeConnectionOptions;
  readonly address: string;
  readonly namespace: string;
  /** Encrypts payloads where `PAYLOAD_KEY` is set. */
  readonly dataConverter?: DataConverter;
}

/** Throws SettingsError where a payload key, a setting of Temporal or its file is invalid. */
export function temporalSettings(env: Environment): TemporalSettings {
  const { connectionOptions, namespace } = connectConfigOf(env);
  const address = connectionOptions.address ?? 'localhost:7233';
  const dataConverter = dataConverterOf(env);
  return {
    options: { ...connectionOptions, address },
    address,
    namespace: namespace ?? 'default',
    ...(dataConverter ? { dataConverter } : {}),
  };
}

/** Trimmed as all other settings are: a secret that comes of a file ends with a line break. */
function connectConfigOf(env: Environment): ReturnType<typeof loadClientConnectConfig> {
  const said = Object.keys(env).flatMap((name) => {
    const value = name.startsWith('TEMPORAL_') ? text(env, name) : env[name];
    return value === undefined ? [] : [[name, value]];
  });
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(said) as Record<string, string> });
  } catch (error) {
    // Its further lines show the file, which may hold a key; a file without profiles brings out a defect of the package.
    const reason =
      error instanceof TypeError ? 'temporal.toml has no profile' : messageOf(error).split('\n')[0];
    throw new SettingsError(
      `the settings of Temporal cannot be read: ${reason}. Expected TEMPORAL_… and temporal.toml as every Temporal program reads them`,
    );
  }
}

function dataConverterOf(env: Environment): DataConverter | undefined {
  const { payloadKey, payloadOldKeys } = payloadSettings(env);
  return payloadKey === undefined
    ? undefined
    : encryptingConverter({ current: payloadKey, old: payloadOldKeys });
}

const connectTimeoutMs = 8_000;

/** A client of the namespace. Throws TemporalError within 10 s where Temporal does not answer. */
export async function connectTemporal(settings: TemporalSettings): Promise<Client> {
  const { address, options, namespace, dataConverter } = settings;
  const connection = await reach(settings, () =>
    Connection.connect({ ...clientOptions(options), address, connectTimeout: connectTimeoutMs }),
  );
  return new Client({ connection, namespace, ...(dataConverter ? { dataConverter } : {}) });
}

/** The worker's connection. Throws TemporalError within 10 s where Temporal does not answer. */
export async function connectNative(settings: TemporalSettings): Promise<NativeConnection> {
  return await reach(settings, () =>
    withinTime(NativeConnection.connect(settings.options), connectTimeoutMs),
  );
}

/** What both kinds of connection know. */
function clientOptions({ tls, apiKey, metadata }: NativeConnectionOptions) {
  return {
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata: metadata as Record<string, string> }),
  };
}

async function reach<T>(
  { address, namespace, options }: TemporalSettings,
  connect: () => Promise<T>,
): Promise<T> {
  const refusal = await tlsRefusal(address, options);
  if (refusal !== undefined) {
    throw new TemporalError(
      `Temporal at ${address} (namespace ${namespace}) cannot be reached by TLS: ${refusal}. Expected a certificate of a known CA for that host, and a client certificate where it asks for one; TEMPORAL_TLS_SERVER_CA_CERT_PATH, TEMPORAL_TLS_SERVER_NAME, TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH say which`,
    );
  }
  try {
    return await connect();
  } catch (error) {
    const reason = messageOf(error);
    throw new TemporalError(
      `Temporal at ${address} (namespace ${namespace}) does not answer: ${reason}. Expected a cluster there; TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where`,
      { cause: error },
    );
  }
}
