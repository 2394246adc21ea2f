import assert from 'node:assert/strict';
import {
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { updateEach } from '../../cli/operate/update-each.js';

type Answer = 'done' | 'late' | 'away' | 'ended' | 'refused';

/** A Temporal whose workflows answer as each attempt says; the last answer holds for all further ones. */
function aTemporal(answersOf: (clientId: string) => readonly Answer[]) {
  const asked: { readonly clientId: string; readonly updateId: string; readonly at: number }[] = [];
  const deadlines: number[] = [];
  let open = 0;
  let mostAtOnce = 0;
  const getHandle = (workflowId: string) => ({ clientId: workflowId.replace('low-balance:client:', '') });
  const withDeadline = (deadline: number, call: () => Promise<unknown>) => {
    deadlines.push(deadline - Date.now());
    return call();
  };
  const client = { workflow: { getHandle }, withDeadline } as unknown as Client;
  async function update(handle: unknown, updateId: string): Promise<void> {
    const { clientId } = handle as { clientId: string };
    const attempt = asked.filter((each) => each.clientId === clientId).length;
    asked.push({ clientId, updateId, at: performance.now() });
    mostAtOnce = Math.max(mostAtOnce, (open += 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    open -= 1;
    const answers = answersOf(clientId);
    fail(answers[Math.min(attempt, answers.length - 1)] ?? 'done');
  }
  return { client, update, asked, deadlines, mostAtOnce: () => mostAtOnce };
}

function fail(answer: Answer): void {
  switch (answer) {
    case 'done':
      return;
    case 'late':
      throw new WorkflowUpdateRPCTimeoutOrCancelledError('Deadline exceeded');
    case 'away':
      throw new ServiceError('Workflow Update failed', { cause: new Error('14 UNAVAILABLE: no connection') });
    case 'ended':
      throw new WorkflowNotFoundError('not found', 'low-balance:client:X', undefined);
    case 'refused':
      throw new WorkflowUpdateFailedError('Workflow Update failed', new Error('rule: expected client'));
  }
}

const someClients = (count: number) => Array.from({ length: count }, (_, n) => `C-${n}`);

async function updated(clientIds: readonly string[], answersOf: (clientId: string) => readonly Answer[]) {
  const temporal = aTemporal(answersOf);
  const settled: number[] = [];
  const tally = await updateEach(
    temporal.client,
    clientIds,
    temporal.update,
    (count) => void settled.push(count),
  );
  const attemptsOf = (id: string) => temporal.asked.filter(({ clientId }) => clientId === id);
  return { ...temporal, tally, settled, attemptsOf };
}

describe('an update for each of many clients', () => {
  const late = (id: string): readonly Answer[] => (id === 'C-1' ? ['late', 'done'] : ['done']);

  it('is asked again where it timed out, after all others and under the same id', async () => {
    const { tally, asked, attemptsOf, settled } = await updated(someClients(4), late);
    assert.deepEqual(tally, { done: 4, notWatched: 0, notAsked: 0, refused: [] });
    assert.deepEqual(
      asked.map(({ clientId }) => clientId),
      ['C-0', 'C-1', 'C-2', 'C-3', 'C-1'],
    );
    assert.equal(new Set(attemptsOf('C-1').map(({ updateId }) => updateId)).size, 1);
    assert.deepEqual(settled, [1, 2, 3, 4], 'the progress ends at all of them, and counts nobody twice');
  });

  it('has another id the next time it is carried out', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await updated(['C-0'], () => ['done'])).asked[0]?.updateId),
    );
    assert.notEqual(ids[0], ids[1]);
  });

  it('is asked again where the connection was lost', async () => {
    const { tally } = await updated(['C-0'], () => ['away', 'done']);
    assert.deepEqual(tally, { done: 1, notWatched: 0, notAsked: 0, refused: [] });
  });

  it('names who did not answer twice, and why', async () => {
    const answers: Record<string, readonly Answer[]> = { 'C-1': ['late'], 'C-2': ['away'] };
    const { tally, settled } = await updated(someClients(4), (id) => answers[id] ?? ['done']);
    assert.equal(tally.done, 2);
    assert.deepEqual(tally.refused, [
      {
        clientId: 'C-1',
        problem: 'its workflow did not answer in time: expected workers that run; done again it does no harm',
      },
      { clientId: 'C-2', problem: '14 UNAVAILABLE: no connection' },
    ]);
    assert.equal(settled.at(-1), 4);
  });

  it('is not asked again where the workflow refused it or has ended', async () => {
    const answers: Record<string, readonly Answer[]> = { 'C-0': ['refused'], 'C-1': ['ended'] };
    const { tally, asked } = await updated(someClients(3), (id) => answers[id] ?? ['done']);
    assert.deepEqual(tally, {
      done: 1,
      notWatched: 1,
      notAsked: 0,
      refused: [{ clientId: 'C-0', problem: 'rule: expected client' }],
    });
    assert.equal(asked.length, 3);
  });

  it('counts who refuses or has ended when it is asked again', async () => {
    const answers: Record<string, readonly Answer[]> = {
      'C-0': ['late', 'refused'],
      'C-1': ['late', 'ended'],
    };
    const { tally, settled } = await updated(someClients(3), (id) => answers[id] ?? ['done']);
    assert.deepEqual([tally.done, tally.notWatched, tally.refused.length], [1, 1, 1]);
    assert.deepEqual(settled, [1, 2, 3]);
  });

  it('asks 50 a second and 50 at once at most, and waits for no answer for ever', async () => {
    const { asked, deadlines, mostAtOnce, tally } = await updated(someClients(60), () => ['done']);
    assert.equal(tally.done, 60);
    assert.ok(mostAtOnce() <= 50);
    const first = asked[0]!.at;
    const withinHalfASecond = asked.filter(({ at }) => at - first < 490).length;
    assert.ok(withinHalfASecond <= 25, `${withinHalfASecond} within half a second`);
    assert.ok(deadlines.every((ms) => ms > 10_000 && ms <= 30_000));
  });

  it('asks nobody more where no workflow answers', async () => {
    const { tally, asked } = await updated(someClients(150), () => ['late']);
    assert.equal(asked.length, 150 - tally.notAsked, 'and nobody twice');
    assert.ok(asked.length >= 50 && asked.length <= 100, `${asked.length} were asked`);
    assert.deepEqual([tally.done, tally.refused.length], [0, asked.length]);
  });

  it('asks all where a single workflow answers', async () => {
    const { tally, asked } = await updated(someClients(55), (id) =>
      id === 'C-0' ? ['done'] : ['late', 'done'],
    );
    assert.deepEqual(tally, { done: 55, notWatched: 0, notAsked: 0, refused: [] });
    assert.equal(asked.length, 109);
  });
});
