import { eventually, putProfile } from '../../dev/trial/real-servers.js';
import { createHolds } from '../../store/holds.js';
import { lookId } from '../../worker/looks.js';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';
import type { Recorder } from './recorder.js';

const minuteMs = 60_000;
/** `HH:MM` in UTC, so many minutes from now. */
const clock = (minutes: number) => new Date(Date.now() + minutes * minuteMs).toISOString().slice(11, 16);

/** What this release added. */
export async function recordNewerRules(recorder: Recorder): Promise<void> {
  const { servers, start, save, count } = recorder;
  const { database, client } = servers;
  const handleOf = (clientId: string) => client.workflow.getHandle(watchWorkflowId(clientId));
  const stateOf = async (clientId: string) => (await servers.status(clientId)).state;
  const reasonOf = async (clientId: string, rule = 'client') =>
    (await servers.status(clientId)).rules[rule]?.reason;
  const setBalance = (clientId: string, balance: string) =>
    database.query('UPDATE billing_client SET balance = ? WHERE client_id = ?', [balance, clientId]);
  const runOf = async (clientId: string) => (await handleOf(clientId).describe()).runId;

  await putProfile(database, 'hours', { more: { sendingHours: { from: clock(2), to: clock(30) } } });
  await start('hours', '40', 'acme/hours');
  await eventually('outside hours', async () => (await reasonOf('hours')) === 'outside-hours');

  await putProfile(database, 'looked', { more: { checkEvery: '10s' } });
  const beforeLook = await start('looked', '100', 'acme/looked');
  await eventually('checked', async () => (await stateOf('looked')) === 'ok');
  await setBalance('looked', '40');
  await client.workflow.execute('lookAtClients', { workflowId: lookId, taskQueue, args: [] });
  await save('a-look', lookId);
  await eventually('notified', async () => (await count('looked')) === 1);
  await eventually('a new run', async () => (await runOf('looked')) !== beforeLook);
  await save('a-client-that-a-look-woke', watchWorkflowId('looked'), beforeLook);
  await handleOf('looked').executeUpdate('checkNow');
  await eventually('told recently', async () => (await reasonOf('looked')) === 'told-recently');
  await save('a-run-after-a-look', watchWorkflowId('looked'));

  await database.query(
    `INSERT INTO low_balance_reseller_settings (reseller, content, source, version, applied_hash, updated_at) VALUES ('acme', ?, '', 1, '', 0)`,
    [
      JSON.stringify({
        webhooks: { crm: { url: 'https://crm.acme.example/hook', secretVariable: 'CRM_SECRET' } },
      }),
    ],
  );
  await putProfile(database, 'recovering', {
    period: '1s',
    maxQty: 1,
    more: { clientNotification: { threshold: 50, recovered: true, webhooks: ['crm'] } },
  });
  await start('recovering', '40', 'acme/recovering');
  await eventually('notified', async () => (await stateOf('recovering')) === 'exhausted');
  await setBalance('recovering', '100');
  await eventually('recovered', async () => {
    const rows = await database.query<{ kind: string }[]>(
      "SELECT kind FROM low_balance_notice WHERE client_id = 'recovering' AND kind = 'recovered' AND state = 'accepted'",
    );
    return rows.length > 0 && (await reasonOf('recovering')) === 'not-low';
  });
  await save('a-webhook-and-a-recovery', watchWorkflowId('recovering'));

  const holds = createHolds(database);
  await putProfile(database, 'held', { period: '2s', maxQty: 100 });
  const byHand = { by: 'recorder', why: 'a recording', at: Date.now() };
  await holds.add({ kind: 'profile', profileId: 'acme/held' }, null, byHand);
  const beforeHold = await start('held', '40', 'acme/held');
  await eventually('held', async () => (await stateOf('held')) === 'held');
  await eventually('a new run', async () => (await runOf('held')) !== beforeHold);
  await save('a-held-client', watchWorkflowId('held'), beforeHold);
  await holds.release({ kind: 'profile', profileId: 'acme/held' }, { ...byHand, at: Date.now() });
  await eventually('notified', async () => (await stateOf('held')) === 'low');
  await save('a-run-after-a-hold', watchWorkflowId('held'));

  const beforeMissing = await start('missing', '100', 'acme/prepaid');
  await eventually('checked', async () => (await stateOf('missing')) === 'ok');
  await database.query("UPDATE billing_client SET profile_id = NULL WHERE client_id = 'missing'");
  await eventually('missing', async () => (await stateOf('missing')) === 'unknown');
  await database.query("UPDATE billing_client SET profile_id = 'acme/prepaid' WHERE client_id = 'missing'");
  await handleOf('missing').signal('profileChanged');
  await eventually('there again', async () => (await stateOf('missing')) === 'ok');
  await save('a-missing-client', watchWorkflowId('missing'), beforeMissing);
  await save('a-run-after-missing', watchWorkflowId('missing'));

  await start('again', '40', 'acme/daily');
  await eventually('notified', async () => (await count('again')) === 1);
  await handleOf('again').terminate();
  const again = await start('again', '40', 'acme/daily');
  await eventually('taken up', async () => (await reasonOf('again')) === 'told-recently');
  await eventually('a new run', async () => (await runOf('again')) !== again);
  await save('a-client-started-again', watchWorkflowId('again'), again);
  await save('a-run-after-starting-again', watchWorkflowId('again'));

  await putProfile(database, 'kinds', {
    period: '1s',
    maxQty: 1,
    more: {
      clientNotification: { threshold: { lasts: '3d' } },
      userNotification: { threshold: { own: true, otherwise: 20 }, notify: true },
      advancedRules: [{ name: 'owes', when: 'above', threshold: 100, emails: ['noc@acme.test'] }],
    },
  });
  await start('kinds', '200', 'acme/kinds');
  await eventually('above', async () => (await reasonOf('kinds', 'advanced:owes')) === 'max-qty-reached');
  await setBalance('kinds', '80');
  await eventually('not above', async () => (await count('kinds', 'advanced:owes')) === 0);
  await save('new-kinds-of-rules', watchWorkflowId('kinds'));

  // An operator changes something while a notice is tried again.
  const beforeMute = await start('retry-muted', '40', 'acme/daily');
  await eventually('being notified', async () => (await servers.status('retry-muted')).telling !== null);
  await handleOf('retry-muted').executeUpdate('mute', { args: [{ until: '2100-01-01T00:00:00Z' }] });
  await handleOf('retry-muted').signal('hello', 'nobody knows this signal');
  await eventually('muted', async () => (await reasonOf('retry-muted')) === 'muted');
  await eventually('a new run', async () => (await runOf('retry-muted')) !== beforeMute);
  await save('muted-while-being-notified', watchWorkflowId('retry-muted'), beforeMute);
  const beforeSignal = await runOf('retry-muted');
  await handleOf('retry-muted').signal('newRun');
  await eventually('a new run', async () => (await runOf('retry-muted')) !== beforeSignal);
  await save('a-new-run-by-signal', watchWorkflowId('retry-muted'), beforeSignal);

  await eventually('hours open', async () => (await count('hours')) === 1, 3 * minuteMs);
  await save('sending-hours', watchWorkflowId('hours'));
}
