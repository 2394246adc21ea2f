import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { emailSettings } from '../../delivery/email-settings.js';
import { SettingsError, type Environment } from '../../settings/read-settings.js';
import { mysqlUrl, serviceSettings } from '../../worker/settings.js';
import { temporalSettings } from '../../worker/temporal.js';

/** Settings of every kind at once, as a worker reads them. */
function readAll(env: Environment): void {
  mysqlUrl(env);
  emailSettings(env);
  serviceSettings(env);
  temporalSettings(env);
}

const good: Environment = {
  MYSQL_URL: 'mysql://low:a-secret@127.0.0.1:3306/low_balance',
  SENDGRID_API_KEY: 'SG.x',
  MAIL_FROM: 'Acme <billing@acme.example>',
};

describe('settings as people hand them over', () => {
  for (const [name, value, expected] of [
    ['MYSQL_URL', 'mysql://low:a-secret%zz@127.0.0.1/x', /MYSQL_URL has a "%" .* as %25/],
    ['MYSQL_URL', 'mysql://low:a-secret@127.0.0.1/100%', /MYSQL_URL has a "%"/],
    ['MYSQL_URL', 'mysql://low:a-secret#x@127.0.0.1/x', /percent-encoded, such as %23/],
    ['MYSQL_URL', '"mysql://low:a-secret@127.0.0.1/x"', /is not a MySQL address/],
    ['MYSQL_URL', 'mysql://low:a-secret@127.0.0.1:99999/x', /is not a MySQL address/],
    ['MYSQL_URL', 'mysql://low:a-secret@127.0.0.1/', /is not a MySQL address with a database/],
    ['MYSQL_URL', 'mysql://low:a-secret@127.0.0.1/x?tls=yes', /tls=yes. Expected tls=true or tls=false/],
    ['MYSQL_URL', 'mysql://low:a-secret@127.0.0.1/x?tls=True', /tls=True/],
    ['MYSQL_URL', 'mysql://low:a-secret@127.0.0.1/x?ssl-mode=REQUIRED', /the parameter ssl-mode=REQUIRED/],
    ['MYSQL_URL', 'mysql://low:a-secret@127.0.0.1/x?useSSL=true', /the parameter useSSL=true/],
    ['WORKER_BATCH_MS', '501', /WORKER_BATCH_MS is "501". Expected a whole number from 0 to 500/],
    ['WORKER_HTTP_PORT', '99999', /WORKER_HTTP_PORT is "99999". Expected a whole number from 0 to 65535/],
    ['RECONCILE_EVERY', '0s', /RECONCILE_EVERY is "0s". Expected at least 1s/],
    ['SENDGRID_API_KEY', '"SG.a-secret"', /SENDGRID_API_KEY holds quotes/],
    ['SENDGRID_API_KEY', 'SG.a-secret SG.b', /SENDGRID_API_KEY holds quotes, blanks/],
    ['SENDGRID_BASE_URL', 'https://u:a-secret@x.example', /SENDGRID_BASE_URL holds a user, a password/],
    ['SENDGRID_BASE_URL', 'https://x.example/?v=3', /Expected an address alone/],
    ['SENDGRID_BASE_URL', 'api.sendgrid.com', /Expected an address such as/],
    [
      'SENDGRID_WEBHOOK_PUBLIC_KEY',
      'MFkw a-secret',
      /SENDGRID_WEBHOOK_PUBLIC_KEY: the public key .* is invalid/,
    ],
    ['SENDGRID_TEMPLATES', '["d-1"]', /SENDGRID_TEMPLATES is \["d-1"\]. Expected JSON/],
    ['SENDGRID_TEMPLATES', '{"cleint":"d-1"}', /SENDGRID_TEMPLATES is/],
    ['SENDGRID_TEMPLATES', '{"client":""}', /SENDGRID_TEMPLATES is/],
    ['SENDGRID_TEMPLATES', '{"client.":"d-1"}', /SENDGRID_TEMPLATES is/],
    ['MAIL_FROM', 'Acme', /MAIL_FROM: the sender is "Acme": expected an address/],
    ['MAIL_FROM', '"Acme <billing@acme.example>"', /MAIL_FROM: /],
    ['MAIL_FROM', 'Acme\r\nBcc: x <billing@acme.example>', /MAIL_FROM: /],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'Authorization=Basic a-secret%', /HEADERS is invalid at Authorization/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'Bearer a-secret', /HEADERS is invalid. Expected name=value/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=b%0Ac', /HEADERS is invalid at a/],
    ['TEMPORAL_PROFILE', 'missing', /the settings of Temporal cannot be read: Profile 'missing' not found/],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', '/nowhere/cert.pem', /the settings of Temporal cannot be read: ENOENT/],
    ['PAYLOAD_KEY', '"a-secret"', /PAYLOAD_KEY holds a key of \d+ bytes/],
  ] as const)
    it(`${name}=${JSON.stringify(value)} is refused with what was expected, and no secret is shown`, () => {
      const env = { ...good, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', [name]: value };
      assert.throws(
        () => readAll(env),
        (error: unknown) => {
          assert.ok(error instanceof SettingsError, String(error));
          assert.match(error.message, expected);
          assert.doesNotMatch(error.message, /a-secret/);
          return true;
        },
      );
    });

  it('a port that another program has is named by its setting', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const env = {
      ...good,
      SENDGRID_WEBHOOK_PUBLIC_KEY: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    };
    const taken = createServer().listen(0, '0.0.0.0');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { provider } = emailSettings({ ...env, SENDGRID_WEBHOOK_PORT: String(port) });
    const started = provider.startReceiver({ record: () => Promise.resolve() });
    await assert.rejects(async () => await started, {
      name: 'SettingsError',
      message: /^SENDGRID_WEBHOOK_PORT: 0\.0\.0\.0:\d+ cannot be listened on .*EADDRINUSE/,
    });
    taken.close();
  });

  it('blanks and line breaks around a value are no part of it, and an empty one is not set', () => {
    const padded = Object.fromEntries(Object.entries(good).map(([name, value]) => [name, ` ${value}\r\n`]));
    readAll(padded);
    const { address, namespace, options } = temporalSettings({
      TEMPORAL_ADDRESS: ' temporal.example:7233\n',
      TEMPORAL_NAMESPACE: '',
      TEMPORAL_API_KEY: 'a-secret\n',
    });
    assert.deepEqual([address, namespace, options.apiKey], ['temporal.example:7233', 'default', 'a-secret']);
    assert.equal(temporalSettings({ TEMPORAL_ADDRESS: '' }).address, 'localhost:7233');
  });

  it('percent-encoded characters of a password, and parameters that are not about TLS, are taken', () => {
    readAll({ ...good, MYSQL_URL: 'mysql://low:p%25%23%2F@127.0.0.1/x?charset=utf8mb4&tls=false' });
    readAll({ ...good, SENDGRID_TEMPLATES: '{"client":"d-1","client.de-AT":"d-2","staff.pt_br":"d-3"}' });
    const { tracing } = serviceSettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YQ==, x-tenant = acme ,',
    });
    assert.deepEqual(tracing?.headers, { Authorization: 'Basic YQ==', 'x-tenant': 'acme' });
  });

  describe('the file of Temporal', () => {
    let folder: string;
    before(async () => (folder = await mkdtemp(path.join(tmpdir(), 'low-balance-'))));
    after(() => rm(folder, { recursive: true }));

    for (const [what, content, reason] of [
      ['is no TOML', 'root:x:0\napi_key = "a-secret"\n', /Invalid TOML/],
      ['has no profile', 'api_key = "a-secret"\n', /temporal.toml has no profile/],
    ] as const)
      it(`that ${what} is named without what stands in it`, async () => {
        const file = path.join(folder, 'temporal.toml');
        await writeFile(file, content);
        assert.throws(
          () => temporalSettings({ TEMPORAL_CONFIG_FILE: file }),
          (error: unknown) =>
            error instanceof SettingsError && reason.test(error.message) && !/a-secret/.test(error.message),
        );
      });
  });
});
