import type { Client, WorkflowHandle } from '@temporalio/client';
import { messageOf } from '../../domain/error-message.js';
import type { watchClient } from '../../workflows/watch-client.js';

/** Updates a second: workers and Temporal have other work too. */
const perSecond = 50;
/** Where workers are busy, more updates that wait for them would only make them busier. */
const atOnce = 50;
/** How long one update is waited for, milliseconds. */
const patienceMs = 30_000;

const noAnswer = 'its workflow did not answer in time: expected workers that run; done again it does no harm';

/** One update of a client's workflow. The same id at each attempt: a workflow that has done it answers, and does nothing. */
export type Update = (handle: WorkflowHandle<typeof watchClient>, updateId: string) => Promise<unknown>;

/** What became of the clients. */
export interface Tally {
  done: number;
  /** Their workflows ended meanwhile. */
  notWatched: number;
  /** Nothing was asked of them, because no workflow answered. */
  notAsked: number;
  readonly refused: { readonly clientId: string; readonly problem: string }[];
}

/**
 * Sends an update to the workflow of each client, at a pace. Who does not answer in time is asked once more, after all others.
 * Where as many as are asked at once do not answer, and nobody else did, the rest is not asked: no worker runs.
 */
export async function updateEach(
  client: Pick<Client, 'workflow' | 'withDeadline'>,
  clientIds: readonly string[],
  update: Update,
  onSettled: (settled: number) => void,
): Promise<Tally> {
  const [{ default: pThrottle }, { watchWorkflowId }, errors] = await Promise.all([
    import('p-throttle'),
    import('../../workflows/client-workflow-id.js'),
    import('@temporalio/client'),
  ]);
  const { randomUUID } = await import('node:crypto');
  const updateId = randomUUID();
  const tally: Tally = { done: 0, notWatched: 0, notAsked: 0, refused: [] };
  const settled = () => tally.done + tally.notWatched + tally.refused.length;

  /** Answers why the workflow did not answer. */
  async function ask(clientId: string): Promise<string | undefined> {
    const handle = client.workflow.getHandle<typeof watchClient>(watchWorkflowId(clientId));
    try {
      await client.withDeadline(Date.now() + patienceMs, () => update(handle, updateId));
      tally.done += 1;
    } catch (error) {
      if (error instanceof errors.WorkflowNotFoundError) tally.notWatched += 1;
      else if (error instanceof errors.WorkflowUpdateFailedError)
        tally.refused.push({ clientId, problem: messageOf(error.cause ?? error) });
      else if (error instanceof errors.WorkflowUpdateRPCTimeoutOrCancelledError) return noAnswer;
      else return messageOf(error instanceof errors.ServiceError ? (error.cause ?? error) : error);
    }
    onSettled(settled());
    return undefined;
  }

  const paced = pThrottle({ limit: perSecond / 10, interval: 100 })(ask);
  const again: string[] = [];
  const nobodyAnswers = () => settled() === 0 && again.length >= atOnce;
  await inTurns(clientIds, async (clientId) => {
    if (nobodyAnswers()) tally.notAsked += 1;
    else if ((await paced(clientId)) !== undefined) again.push(clientId);
  });
  const isOver = tally.notAsked > 0;
  await inTurns(again, async (clientId) => {
    const problem = isOver ? noAnswer : await paced(clientId);
    if (problem === undefined) return;
    tally.refused.push({ clientId, problem });
    onSettled(settled());
  });
  return tally;
}

async function inTurns(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  const left = ids.values();
  const turn = async (): Promise<void> => {
    for (const id of left) await work(id);
  };
  await Promise.all(Array.from({ length: atOnce }, turn));
}
