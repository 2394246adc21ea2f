import { SettingsError } from '../../settings/read-settings.js';
import { billingMysqlUrl, mysqlUrl, serviceSettings } from '../../worker/settings.js';
import { resolveEnvironment } from '../shared/connect.js';
import { exitCode, type ExitCode } from '../shared/exit-code.js';
import type { Io } from '../shared/io.js';

/** The production worker. Runs until SIGINT or SIGTERM, then finishes what it has begun. */
export async function worker(io: Io): Promise<ExitCode> {
  const env = resolveEnvironment(io);
  // All settings are read before anything is connected: one that is missing is said at once.
  const settings = serviceSettings(env);
  const urls = { database: mysqlUrl(env), billing: billingMysqlUrl(env) };

  const { createLog } = await import('../../worker/log.js');
  const { installRuntime } = await import('../../worker/runtime.js');
  const { startService } = await import('../../worker/service.js');
  const { connectNative, connectTemporal, temporalSettings } = await import('../../worker/temporal.js');
  const { openDatabase } = await import('../../store/database.js');
  const { openEmail } = await import('../../delivery/open-email.js');
  const { openWebhooks } = await import('../../delivery/open-webhooks.js');
  const { default: getPort } = await import('get-port');

  const log = createLog(settings.logLevel);
  const email = openEmail(env, {
    onAlarm: (message) => log.error({ alarm: 'mail' }, message),
    onAlarmOver: (message) => log.info({ alarm: 'mail', over: true }, message),
    onWarning: (message) => log.warn(message),
  });
  const temporal = temporalSettings(env);
  const opened: (() => Promise<unknown>)[] = [];
  try {
    const pool = { poolSize: settings.mysqlConnections };
    const database = await openDatabase(urls.database, pool);
    opened.push(() => database.destroy());
    const billing = urls.billing === urls.database ? database : await openDatabase(urls.billing, pool);
    if (billing !== database) opened.push(() => billing.destroy());
    const client = await connectTemporal(temporal);
    opened.push(() => client.connection.close());
    // Not before: a runtime that no connection was made of keeps the process from ending.
    const sdkMetricsUrl = installRuntime(log, {
      sdkMetricsPort: settings.httpPort === 0 ? undefined : await getPort({ host: '127.0.0.1' }),
    });
    const connection = await connectNative(temporal);
    opened.push(() => connection.close());
    const { namespace, address } = temporal;
    const service = await startService({
      database,
      billing,
      client,
      connection,
      namespace,
      channels: {
        email: email.channel,
        webhook: openWebhooks(env, database, {
          onAlarm: (message) => log.error({ alarm: 'webhook' }, message),
          onAlarmOver: (message) => log.info({ alarm: 'webhook', over: true }, message),
        }),
      },
      settings,
      receivers: [{ name: email.providerTitle, start: email.startReceiver }],
      sdkMetricsUrl,
      env,
      log,
    });
    const stop = (signal: NodeJS.Signals) => {
      log.info({ signal }, 'worker stopping');
      void service.stop();
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    log.info({ namespace, address, http: service.httpPort, buildId: service.buildId }, 'worker started');
    await service.done;
    log.info('worker stopped');
    return exitCode.fine;
  } catch (error) {
    if (!(error instanceof SettingsError)) log.fatal({ err: error }, 'worker failed');
    throw error;
  } finally {
    for (const close of opened.reverse()) await close().catch(() => {});
  }
}
