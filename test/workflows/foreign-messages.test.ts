import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { encryptingConverter } from '../../worker/encryption.js';
import { watchWorkflowId } from '../../worker/parts.js';
import type { Service } from '../../worker/service.js';
import type { WatchClientResult } from '../../workflows/watch-client.js';
import { json, payloadOf, rawMessages } from './raw-messages.js';
import {
  eventually,
  putClient,
  putProfile,
  startRealServers,
  type RealServers,
} from '../../dev/trial/real-servers.js';

/** Temporal's SDKs may keep large payloads elsewhere, and send a reference. */
const reference = { messageType: 'temporal.api.sdk.v1.ExternalStorageReference' };
const key = () => randomBytes(32).toString('base64');

describe('messages of other systems, on the real Temporal', () => {
  let servers: RealServers;
  let worker: Service;
  let raw: ReturnType<typeof rawMessages>;

  before(async () => {
    servers = await startRealServers();
    worker = await servers.startWorker();
    raw = rawMessages(servers.client, servers.namespace);
    await putProfile(servers.database, 'prepaid');
  });
  after(async () => {
    await worker?.stop();
    await servers?.stop();
  });

  async function told(clientId: string): Promise<void> {
    await putClient(servers.database, clientId, '40');
    await servers.watch(clientId);
    await eventually('told', async () => (await servers.status(clientId)).rules['client']?.count === 1);
  }

  async function pageOf(clientId: string): Promise<string> {
    const handle = servers.client.workflow.getHandle(watchWorkflowId(clientId));
    return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
  }

  async function failedTasksOf(clientId: string): Promise<number> {
    const { events } = await servers.client.workflow.getHandle(watchWorkflowId(clientId)).fetchHistory();
    return (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length;
  }

  const now = () => new Date().toISOString();
  const refill = (refillId: string) => JSON.stringify({ refillId, at: now() });
  const sealed = async () => {
    const [payload] = await encryptingConverter({ current: key(), old: [] }).payloadCodecs![0]!.encode([
      json({ refillId: 'r', at: now() }),
    ]);
    return payload!;
  };

  it('a refill of json/protobuf is read as the JSON it is', async () => {
    await told('PROTOBUF');
    await raw.signal('PROTOBUF', 'refill', [
      payloadOf('json/protobuf', refill('r-1'), { messageType: 'billing.v1.Refill' }),
    ]);
    await eventually('refilled', async () => (await servers.status('PROTOBUF')).rules['client']?.count === 0);
  });

  it('every other payload of a refill is noted on the page, and the client is watched on', async () => {
    await told('JUNK');
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const cases: readonly (readonly [string, RegExp, ReturnType<typeof json>[] | undefined])[] = [
      [
        'binary/protobuf',
        /encoded as binary\/protobuf: expected json\/plain/,
        [payloadOf('binary/protobuf', '\n\u0003r-1')],
      ],
      ['binary/plain', /encoded as binary\/plain/, [payloadOf('binary/plain', refill('r'))]],
      ['an unknown encoding', /encoded as xml: expected/, [payloadOf('xml', '<refill/>')]],
      ['no encoding', /does not say how it is encoded/, [payloadOf(undefined, refill('r'))]],
      ['no metadata', /does not say how it is encoded/, [{ data: Buffer.from(refill('r')) }]],
      ['nothing at all', /does not say how it is encoded/, [{}]],
      ['json/plain around text', /says json\/plain and is not JSON/, [payloadOf('json/plain', 'refill!')]],
      ['json/plain around nothing', /says json\/plain and is not JSON/, [payloadOf('json/plain', '')]],
      [
        'json/plain around bytes',
        /says json\/plain and is not JSON/,
        [payloadOf('json/plain', randomBytes(64))],
      ],
      ['json/protobuf around text', /says json\/protobuf and is not JSON/, [payloadOf('json/protobuf', '{')]],
      ['a foreign key', /is encrypted, and cannot be read/, [await sealed()]],
      ['sealed nonsense', /is encrypted, and cannot be read/, [payloadOf('binary/encrypted', 'x')]],
      ['null', /found null/, [json(null)]],
      ['binary/null', /found nothing/, [payloadOf('binary/null', '')]],
      ['no argument', /found nothing/, undefined],
      ['an empty list of arguments', /found nothing/, []],
      [
        'two arguments',
        /expected one argument, found 2/,
        [json({ refillId: 'a', at: now() }), json({ refillId: 'b', at: now() })],
      ],
      [
        'a second argument of junk',
        /encoded as xml/,
        [json({ refillId: 'a', at: now() }), payloadOf('xml', '')],
      ],
      ['a list', /found a list of 1/, [json([{ refillId: 'a', at: now() }])]],
      ['a text', /found "r\\-1"|found "r-1"/, [json('r-1')]],
      ['a number', /found 7/, [json(7)]],
      ['depth', /found a list of 1/, [payloadOf('json/plain', deep)]],
      [
        'depth within',
        /refillId: expected .* found a list of 1/,
        [payloadOf('json/plain', `{"refillId":${deep}}`)],
      ],
      [
        'size',
        /refillId: expected .* found 1500000 characters/,
        [json({ refillId: 'x'.repeat(1_500_000), at: now() })],
      ],
      [
        'keys of objects',
        /found an object with \\_\\_proto|refillId: expected/,
        [payloadOf('json/plain', '{"__proto__":{"refillId":"a"},"at":"x"}')],
      ],
      [
        'a reference to a storage of its sender',
        /is kept in a storage/,
        [payloadOf('json/protobuf', '{"driverName":"s3","claimData":{"key":"k"}}', reference)],
      ],
      ['a reference to nothing', /is kept in a storage/, [payloadOf('json/protobuf', '{', reference)]],
    ];
    for (const [name, note, payloads] of cases) {
      await raw.signal('JUNK', 'refill', payloads);
      await eventually(`${name} is noted`, async () => note.test(await pageOf('JUNK')));
    }
    assert.match(await pageOf('JUNK'), new RegExp(`last of ${cases.length} since`));
    assert.equal(await failedTasksOf('JUNK'), 0);
    const status = await servers.status('JUNK');
    assert.equal(status.rules['client']?.count, 1, 'no junk counts as a refill');
    assert.equal(status.lastRefillAt, null);
    await raw.signal('JUNK', 'refill', [json({ refillId: 'r-1', at: now() })]);
    await eventually(
      'a good one counts',
      async () => (await servers.status('JUNK')).rules['client']?.count === 0,
    );
  });

  it('a signal of an unknown name, also of a reserved one, is noted and not kept', async () => {
    await told('NAMES');
    for (const name of [
      'topUp',
      'x'.repeat(500),
      '__stack_trace',
      '__temporal_cancel',
      'constructor',
      '__proto__',
    ]) {
      await raw.signal('NAMES', name, [payloadOf('xml', '')]).catch((error: unknown) => {
        process.stderr.write(`${name}: ${String(error)}\n`);
      });
    }
    await raw.signal('NAMES', 'refill', [json({ refillId: 'r-1', at: now() })]);
    await eventually('goes on', async () => (await servers.status('NAMES')).rules['client']?.count === 0);
    assert.match(await pageOf('NAMES'), /signal was ignored: expected one of refill, profileChanged, look/);
    assert.equal(await failedTasksOf('NAMES'), 0);
  });

  it('profileChanged means the same whatever comes with it', async () => {
    await told('REPLAN');
    await putProfile(servers.database, 'shorter', { period: '2h' });
    await putClient(servers.database, 'REPLAN', '40', 'acme/shorter');
    const before = (await servers.status('REPLAN')).nextCheckAt;
    await raw.signal('REPLAN', 'profileChanged', [payloadOf('xml', ''), await sealed()]);
    await eventually('planned anew', async () => (await servers.status('REPLAN')).nextCheckAt < before);
  });

  it('updates and queries that cannot be decoded are refused with what was expected', async () => {
    await told('ASKED');
    const junk = [payloadOf('xml', '<a/>')];
    for (const name of ['refill', 'mute', 'resetRule', 'checkNow', 'unmute'])
      assert.match(
        String(await raw.update('ASKED', name, junk)),
        /encoded as xml: expected json\/plain/,
        name,
      );
    assert.match(
      String(await raw.update('ASKED', 'refill', [await sealed()])),
      /is encrypted, and cannot be read/,
    );
    assert.match(
      String(await raw.update('ASKED', 'refill', [])),
      /expected \{ refillId, at \}, found nothing/,
    );
    assert.match(String(await raw.update('ASKED', 'mute', [json(null)])), /until: expected an ISO 8601 time/);
    assert.match(String(await raw.update('ASKED', 'topUp', junk)), /topUp/);
    await assert.rejects(raw.query('ASKED', 'status', junk), /encoded as xml: expected json\/plain/);
    await raw.query('ASKED', 'status', [json({})]);
    assert.equal(await raw.update('ASKED', 'unmute', [json({})]), undefined);
    assert.equal(await failedTasksOf('ASKED'), 0);
  });

  describe('a start', () => {
    async function refusedStart(
      clientId: string,
      input: Parameters<typeof raw.signalWithStart>[1],
      more: object = {},
    ): Promise<string> {
      const workflowId = watchWorkflowId(clientId);
      const runId = await raw.signalWithStart(workflowId, input, more);
      const result = (await servers.client.workflow
        .getHandle(workflowId, runId)
        .result()) as WatchClientResult;
      assert.equal(result.ended, 'refused');
      return result.explanation;
    }

    before(async () => {
      for (const id of ['456', 'C-1003']) await putClient(servers.database, id, '40');
    });

    it('of the wrong type or without a client is refused with what was found', async () => {
      assert.match(
        await refusedStart('456', [json({ clientId: 456 })]),
        /clientId: expected a text, found 456/,
      );
      assert.match(
        await refusedStart('456', [json('456')]),
        /expected \{ "clientId": "<id>" \}, found "456"/,
      );
      assert.match(await refusedStart('456', undefined), /found nothing/);
      assert.match(await refusedStart('456', [json(null)]), /found null/);
      assert.match(await refusedStart('456', [json([{ clientId: '456' }])]), /found a list of 1/);
      assert.match(
        await refusedStart('456', [json({ clientId: '' })]),
        /clientId: expected 1 to 64 characters/,
      );
      assert.match(await refusedStart('456', [payloadOf('xml', '')]), /encoded as xml/);
      assert.match(await refusedStart('456', [await sealed()]), /encrypted/);
    });

    it('whose workflow id names another client is refused, also by case, blank or a zero before', async () => {
      for (const [id, clientId] of [
        ['c-1003', 'C-1003'],
        ['C-1003', 'C-1003 '],
        ['C-1003 ', 'C-1003 '],
        ['0456', '456'],
        ['456', '0456'],
        ['C-1003', '456'],
      ] as const) {
        assert.match(
          await refusedStart(id, [json({ clientId })]),
          /expected (the workflow|no blank)/,
          `${id} ${clientId}`,
        );
      }
      assert.match(
        await refusedStart('x'.repeat(70), [json({ clientId: 'x'.repeat(70) })]),
        /at most 64 characters, found 70/,
      );
    });

    it('with a state of its own, or runs of no length, is refused', async () => {
      assert.match(
        await refusedStart('456', [json({ clientId: '456', carried: { watch: 5 } })]),
        /carried: expected nothing/,
      );
      for (const checksPerRun of [0, -1, 1.5, '9', {}])
        assert.match(
          await refusedStart('456', [json({ clientId: '456', checksPerRun })]),
          /checksPerRun: expected/,
        );
    });

    it('with a memo that cannot be read is taken', async () => {
      await putClient(servers.database, 'MEMO', '40');
      await raw.signalWithStart(watchWorkflowId('MEMO'), [json({ clientId: 'MEMO' })], {
        memo: { fields: { note: payloadOf('xml', '<a/>') } },
        header: { fields: { trace: payloadOf('xml', '<a/>') } },
      });
      await eventually('told', async () => (await servers.status('MEMO')).rules['client']?.count === 1);
    });

    it('that names a client as the billing data does not write it is not found, and nobody is told', async () => {
      for (const clientId of ['c-1003', '0456']) {
        await raw.signalWithStart(watchWorkflowId(clientId), [json({ clientId })]);
        await eventually('decided', async () => {
          const { status } = await servers.client.workflow.getHandle(watchWorkflowId(clientId)).describe();
          return status.name === 'COMPLETED' || (await servers.status(clientId)).lastCheckAt !== null;
        });
        assert.equal((await servers.status(clientId)).availableBalance, null, clientId);
      }
      assert.deepEqual(
        servers.mails.filter(({ clientId }) => ['c-1003', '0456', 'C-1003', '456'].includes(clientId)),
        [],
      );
    });

    it('that was refused leaves no row of watched clients', async () => {
      const rows = await servers.database.query<{ client_id: string }[]>(
        "SELECT client_id FROM low_balance_watched_client WHERE client_id IN ('456', '0456', 'C-1003', 'c-1003')",
      );
      assert.deepEqual(rows, []);
    });
  });
});
