import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { examineResellers } from '../../cli/run/examine-resellers.js';
import { emailSettings } from '../../delivery/email-settings.js';
import { createResellers } from '../../store/resellers.js';
import { createStoppedWebhooks } from '../../store/stopped-webhooks.js';
import { startVariableReports } from '../../worker/variable-reports.js';
import { createNotifyWorld, type NotifyWorld } from '../activities/notify-setup.js';

const crm = { url: 'https://crm.acme.example/hooks', secretVariable: 'ACME_CRM_SECRET' };

describe("what doctor finds of resellers' own settings", () => {
  let world: NotifyWorld;
  let sendGrid: Server;
  /** By place; 403 where it has none. */
  let answers: Readonly<Record<string, unknown>> = {};
  const asked: string[] = [];

  before(async () => {
    world = await createNotifyWorld();
    sendGrid = createServer((request, response) => {
      asked.push(String(request.headers['authorization']));
      const body = answers[(request.url ?? '').replace(/\?.*$/s, '')];
      response.writeHead(body === undefined ? 403 : 200).end(JSON.stringify(body ?? {}));
    });
    sendGrid.listen(0, '127.0.0.1');
    await once(sendGrid, 'listening');
    const content = {
      sender: { from: 'Acme <billing@mail.acme.example>' },
      sendGrid: { apiKeyVariable: 'ACME_KEY' },
      webhooks: { crm },
    };
    await world.database.query(
      `INSERT INTO low_balance_reseller_settings (reseller, content, source, version, applied_hash, updated_at) VALUES ('acme', ?, '', 1, '', 0)`,
      [JSON.stringify(content)],
    );
  });
  after(async () => {
    sendGrid?.closeAllConnections();
    sendGrid?.close();
    await world?.stop();
  });

  async function found(env: Readonly<Record<string, string>> = { ACME_KEY: 'SG.acme' }) {
    const { port } = sendGrid.address() as AddressInfo;
    const settings = {
      SENDGRID_API_KEY: 'SG.platform',
      SENDGRID_BASE_URL: `http://127.0.0.1:${port}`,
      MAIL_FROM: 'a@platform.example',
      ...env,
    };
    const findings = await examineResellers(world.database, settings, emailSettings(settings).provider);
    return findings.map(({ what, result, message }) => `${result} ${what}: ${message}`);
  }

  it('names a variable that a worker lacks, by what it is for, and never a value', async () => {
    const reports = startVariableReports({
      own: world.database,
      resellers: createResellers(world.database),
      env: { ACME_KEY: 'SG.secret' },
      onError: (error) => assert.fail(String(error)),
    });
    await reports.stop();
    const lines = (await found()).filter((line) => line.includes(' secrets: '));
    assert.equal(lines.length, 1);
    assert.match(
      lines[0]!,
      /^error secrets: ACME_CRM_SECRET, the secret of its webhook crm of acme, is not set on the worker /,
    );
    const rows = await world.database.query<object[]>('SELECT * FROM low_balance_worker_variable');
    assert.equal(rows.length, 2);
    assert.doesNotMatch(JSON.stringify(rows), /SG\.secret/);
  });

  it("asks SendGrid by the reseller's own key whether it has verified the sender's domain", async () => {
    asked.length = 0;
    answers = {
      '/v3/scopes': { scopes: [] },
      '/v3/whitelabel/domains': [{ domain: 'acme.example', valid: true }],
    };
    assert.ok((await found()).includes('ok sender acme: SendGrid has verified mail.acme.example'));
    assert.deepEqual([...new Set(asked)], ['Bearer SG.acme']);
    answers = { ...answers, '/v3/whitelabel/domains': [{ domain: 'acme.example', valid: false }] };
    assert.match((await found()).join('\n'), /error sender acme: SendGrid has verified neither/);
    answers = {
      ...answers,
      '/v3/verified_senders': { results: [{ from_email: 'Billing@mail.acme.example', verified: true }] },
    };
    assert.match((await found()).join('\n'), /ok sender acme/);
  });

  it('warns where the key may not ask, or is not there, and says that a key is refused', async () => {
    answers = { '/v3/scopes': { scopes: [] } };
    assert.match((await found()).join('\n'), /warning sender acme: whether .* is not known/);
    assert.match((await found({})).join('\n'), /warning sender acme: not looked at: ACME_KEY is not set/);
    answers = {};
    assert.match((await found()).join('\n'), /error sender acme: SendGrid refuses the key of acme \(403\)/);
  });

  it('names a webhook that is stopped, since when, and what starts it again', async () => {
    await createStoppedWebhooks(world.database).stop(
      { reseller: 'acme', webhook: 'crm', reason: 'crm.acme.example answered 410', stoppedAt: 0 },
      crm,
    );
    const lines = (await found()).filter((line) => line.includes(' webhooks: '));
    assert.match(
      lines.join('\n'),
      /warning webhooks: the webhook "crm" of acme is stopped since 1970-01-01.*answered 410.*acme\/reseller\.json/,
    );
  });
});
