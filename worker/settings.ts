import {
  count,
  duration,
  httpUrl,
  missing,
  oneOf,
  port,
  SettingsError,
  text,
  type Environment,
} from '../settings/read-settings.js';

/** The environment as this process was given it. No other file reads `process.env`. */
export const environment: Environment = process.env;

/** A first check waits for it twice within the 3 s of its local activity. Milliseconds. */
const longestBatchMs = 500;

/** How the worker serves. */
export interface ServiceSettings {
  readonly logLevel: string;
  /** Where /health, /ready and /metrics are served; port 0: nowhere. */
  readonly httpHost: string;
  readonly httpPort: number;
  /**
   * Workflows kept in memory, about 0.15 MB each after their first check. A sleeping client is replayed when it wakes, so what counts
   * is the ones at work: a cache that is not well above them throws out workflows whose task still runs.
   */
  readonly cachedWorkflows: number;
  /** Workflow tasks at once. Each is some milliseconds of one CPU core, and waits for its local check meanwhile. */
  readonly concurrentWorkflowTasks: number;
  /** Checks at once, each as long as its two queries. More than MySQL answers at once only wait for a connection. */
  readonly concurrentChecks: number;
  /** For how long reads of checks are gathered into one query, milliseconds. */
  readonly batchMs: number;
  /** Notices and pages of reconciliation at once: they wait for the mail provider. */
  readonly concurrentNotices: number;
  /** Connections to each MySQL database. */
  readonly mysqlConnections: number;
  /** Name of the Temporal worker deployment; absent: unversioned. */
  readonly deploymentName: string | undefined;
  /** Absent: the commit that was built. */
  readonly buildId: string | undefined;
  readonly reconcileEveryMs: number;
  /** Absent: nothing is traced. */
  readonly tracing: TracingSettings | undefined;
  /** Base64 of 32 bytes: payloads are encrypted with AES-256-GCM. */
  readonly payloadKey: string | undefined;
  /** Keys that payloads were encrypted with before. */
  readonly payloadOldKeys: readonly string[];
}

/** Where spans go: an OpenTelemetry collector that takes OTLP over HTTP. */
export interface TracingSettings {
  /** Such as `http://collector:4318`; spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
}

export function mysqlUrl(env: Environment): string {
  return (
    mysqlUrlOf(env, 'MYSQL_URL') ??
    missing('MYSQL_URL', 'mysql://low_balance:secret@db.example:3306/low_balance')
  );
}

/** The billing views' database; the own one where it is not said. */
export function billingMysqlUrl(env: Environment): string {
  return mysqlUrlOf(env, 'BILLING_MYSQL_URL') ?? mysqlUrl(env);
}

export function serviceSettings(env: Environment): ServiceSettings {
  const cachedWorkflows = count(env, 'WORKER_CACHED_WORKFLOWS', 2_000, 0);
  const concurrentWorkflowTasks = count(env, 'WORKER_CONCURRENT_WORKFLOW_TASKS', 100, 2);
  if (cachedWorkflows > 0 && cachedWorkflows < 2 * concurrentWorkflowTasks) {
    throw new SettingsError(
      `WORKER_CACHED_WORKFLOWS is ${cachedWorkflows}. Expected at least twice WORKER_CONCURRENT_WORKFLOW_TASKS (${concurrentWorkflowTasks}), ` +
        'so that no workflow at work is thrown out, or 0 for no cache',
    );
  }
  return {
    logLevel: oneOf(env, 'LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error'], 'info'),
    httpHost: text(env, 'WORKER_HTTP_HOST') ?? '127.0.0.1',
    httpPort: port(env, 'WORKER_HTTP_PORT', 9464, 0),
    cachedWorkflows,
    concurrentWorkflowTasks,
    concurrentChecks: count(env, 'WORKER_CONCURRENT_CHECKS', 100, 1),
    batchMs: count(env, 'WORKER_BATCH_MS', 100, 0, longestBatchMs),
    concurrentNotices: count(env, 'WORKER_CONCURRENT_NOTICES', 50, 1),
    mysqlConnections: count(env, 'WORKER_MYSQL_CONNECTIONS', 20, 1),
    deploymentName: text(env, 'TEMPORAL_DEPLOYMENT_NAME'),
    buildId: text(env, 'TEMPORAL_BUILD_ID'),
    reconcileEveryMs: duration(env, 'RECONCILE_EVERY', '1m'),
    tracing: tracingSettings(env),
    ...payloadSettings(env),
  };
}

/** What encrypts payloads; verbs need it as workers do. */
export function payloadSettings(env: Environment): Pick<ServiceSettings, 'payloadKey' | 'payloadOldKeys'> {
  return {
    payloadKey: text(env, 'PAYLOAD_KEY'),
    payloadOldKeys: (text(env, 'PAYLOAD_OLD_KEYS') ?? '')
      .split(',')
      .map((key) => key.trim())
      .filter(Boolean),
  };
}

function tracingSettings(env: Environment): TracingSettings | undefined {
  const endpoint = httpUrl(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === undefined) return undefined;
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    headers: headersOf(env, 'OTEL_EXPORTER_OTLP_HEADERS'),
    serviceName: text(env, 'OTEL_SERVICE_NAME') ?? 'low-balance',
  };
}

/** `name=value,name=value` with percent-encoded values, as OpenTelemetry writes it. A value may be a secret: it is not shown. */
function headersOf(env: Environment, name: string): Readonly<Record<string, string>> {
  const parts = (text(env, name) ?? '').split(',').map((part) => part.trim());
  return Object.fromEntries(
    parts
      .filter((part) => part !== '')
      .map((part) => {
        const [, header, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*=\s*(.*)$/s.exec(part) ?? [];
        const decoded = value === undefined ? undefined : percentDecoded(value);
        if (header !== undefined && decoded !== undefined && !/\p{Cc}/u.test(decoded))
          return [header, decoded];
        throw new SettingsError(
          `${name} is invalid${header === undefined ? '' : ` at ${header}`}. Expected name=value,name=value, where a "%" in a value is written as %25 and a "," as %2C`,
        );
      }),
  );
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function mysqlUrlOf(env: Environment, name: string): string | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // The value may hold a password: it is not shown.
  if (!url || !['mysql:', 'mariadb:'].includes(url.protocol) || url.pathname.length < 2) {
    throw new SettingsError(
      `${name} is not a MySQL address with a database. Expected: mysql://user:password@host:3306/database, ` +
        'where special characters of a password are percent-encoded, such as %23 for "#" and %2F for "/"',
    );
  }
  if ([url.username, url.password, url.pathname].some((part) => percentDecoded(part) === undefined)) {
    throw new SettingsError(
      `${name} has a "%" that begins no percent-encoded character. Expected "%" in a user, password or database as %25`,
    );
  }
  refuseOtherTls(name, url);
  return value;
}

/** Who asks for TLS in words that are not read here must not get a connection without it. */
function refuseOtherTls(name: string, { searchParams }: URL): void {
  for (const [parameter, value] of searchParams) {
    if (!/ssl|tls/i.test(parameter)) continue;
    if (parameter !== 'tls' || !['true', 'false'].includes(value))
      throw new SettingsError(
        `${name} has the parameter ${parameter}=${value}. Expected tls=true or tls=false`,
      );
  }
}
