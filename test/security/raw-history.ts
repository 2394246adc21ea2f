import type { Client } from '@temporalio/client';

/** Everything that is in a workflow's history, its payloads as text, as who reads Temporal's database sees it. */
export async function rawHistoryOf(client: Client, workflowId: string): Promise<string> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  // JSON of Temporal's messages holds bytes in base64.
  return JSON.stringify(history, (name, value: unknown) =>
    typeof value === 'string' && (name === 'data' || name === 'encoding')
      ? Buffer.from(value, 'base64').toString('latin1')
      : value,
  );
}
