import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { awaitListener, choosePort, loopback } from '../../dev/ports.js';

describe('a port', () => {
  let server: Server;
  let taken: number;

  before(async () => {
    server = createServer().listen(0, loopback);
    await once(server, 'listening');
    taken = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  it('is free when it is chosen, and another each time', async () => {
    const wish = { purpose: 'a test', howToChoose: '--port' };
    const first = await choosePort(wish);
    const second = await choosePort(wish);
    assert.notEqual(first, second);
  });

  it('is another one where the preferred one is taken', async () => {
    const port = await choosePort({ purpose: 'a test', preferred: taken, howToChoose: '--port' });
    assert.notEqual(port, taken);
  });

  it('is refused where the requested one is taken, naming it and how to choose another', async () => {
    await assert.rejects(
      choosePort({ purpose: 'the UI', requested: taken, howToChoose: 'give --ui-port' }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'port-taken');
        assert.match(error.message, new RegExp(`port ${taken} for the UI`));
        assert.match(error.message, /give --ui-port/);
        return true;
      },
    );
  });

  it('is waited for until something listens', async () => {
    await awaitListener(taken, 1_000, () => false);
    const free = await choosePort({ purpose: 'a test', howToChoose: '--port' });
    const begun = Date.now();
    await awaitListener(free, 200, () => false);
    assert.ok(Date.now() - begun >= 200);
  });
});
