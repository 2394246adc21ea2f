import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

describe('tracing', () => {
  let servers: RealServers;

  before(async () => {
    servers = await startRealServers();
    await putProfile(servers.database, 'prepaid');
  });
  after(() => servers?.stop());

  async function checkOnce(clientId: string, endpoint: string): Promise<void> {
    await putClient(servers.database, clientId, '500');
    const worker = await servers.startWorker({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
    await servers.watch(clientId);
    await eventually('checked', async () => (await servers.status(clientId)).state === 'ok');
    await worker.stop();
  }

  it('sends a span of each check to the collector, without addresses', async () => {
    const bodies: string[] = [];
    const paths = new Set<string>();
    const collector = createServer((request: IncomingMessage, response) => {
      paths.add(`${request.method} ${request.url}`);
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        bodies.push(body);
        response.end('{}');
      });
    });
    await once(collector.listen(0, '127.0.0.1'), 'listening');
    const { port } = collector.address() as AddressInfo;
    await checkOnce('C-1', `http://127.0.0.1:${port}`);
    collector.close();
    const sent = bodies.join('');
    assert.match(sent, /"name":"RunActivity:check"/);
    assert.match(sent, /"key":"temporalWorkflowId","value":{"stringValue":"low-balance:client:C-1"}/);
    assert.match(sent, /"key":"service\.name","value":{"stringValue":"low-balance"}/);
    assert.deepEqual([...paths], ['POST /v1/traces']);
    assert.doesNotMatch(sent, /@c-1\.example/);
  });

  it('harms nothing where no collector answers', async () => {
    await checkOnce('C-2', 'http://127.0.0.1:9');
  });
});
