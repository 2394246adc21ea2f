import type { ServiceParts } from '../worker/service.js';
import { mailSettings, mysqlUrl, billingMysqlUrl, serviceSettings } from '../worker/settings.js';
import { resolveEnvironment } from './connect.js';
import { exitCode, type ExitCode } from './exit-code.js';
import type { Io } from './io.js';

/** The production worker. Runs until SIGINT or SIGTERM, then finishes what it has begun. */
export async function worker(io: Io): Promise<ExitCode> {
  const env = resolveEnvironment(io);
  // All settings are read before anything is connected: one that is missing is said at once.
  const settings = serviceSettings(env);
  const mail = mailSettings(env);
  const urls = { database: mysqlUrl(env), billing: billingMysqlUrl(env) };

  const { createLog } = await import('../worker/log.js');
  const { installRuntime, startService } = await import('../worker/service.js');
  const { connectNative, connectTemporal, temporalSettings } = await import('../worker/temporal.js');
  const { openDatabase } = await import('../store/database.js');
  const { createRenderer } = await import('../mail/render.js');
  const { createSendGridMailer } = await import('../mail/sendgrid.js');

  const log = createLog(settings.logLevel);
  installRuntime(log);
  const temporal = temporalSettings(env);
  const database = await openDatabase(urls.database);
  const billing = urls.billing === urls.database ? database : await openDatabase(urls.billing);
  const client = await connectTemporal(temporal);
  const connection = await connectNative(temporal);
  const mailer = createSendGridMailer({
    ...mail,
    renderer: createRenderer(),
    onAlarm: (message: string) => log.error({ alarm: 'mail' }, message),
  });
  const parts: ServiceParts = {
    database,
    billing,
    client,
    connection,
    namespace: temporal.namespace,
    mailer,
    settings,
    log,
  };
  const service = await startService(parts);
  const stop = () => void service.stop();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  log.info({ namespace: temporal.namespace, address: temporal.address }, 'worker started');
  try {
    await service.done;
  } finally {
    await connection.close();
    await client.connection.close();
    await database.destroy();
    if (billing !== database) await billing.destroy();
  }
  log.info('worker stopped');
  return exitCode.fine;
}
