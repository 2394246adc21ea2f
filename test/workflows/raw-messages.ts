import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type proto from '@temporalio/proto';
import { taskQueue, watchWorkflowId } from '../../worker/parts.js';

type Payload = proto.temporal.api.common.v1.IPayload;

/** A payload as any program may send it: of this encoding (or without one) around these bytes. */
export function payloadOf(
  encoding: string | undefined,
  data: string | Uint8Array,
  more: Readonly<Record<string, string>> = {},
): Payload {
  const metadata = { ...(encoding === undefined ? {} : { encoding }), ...more };
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value)])),
    data: typeof data === 'string' ? Buffer.from(data) : data,
  };
}

export const json = (value: unknown): Payload => payloadOf('json/plain', JSON.stringify(value));

/** What programs without this SDK may send: bytes as they are, by Temporal's own calls. */
export function rawMessages(client: Client, namespace: string) {
  const { workflowService } = client.connection as never as {
    workflowService: proto.temporal.api.workflowservice.v1.WorkflowService;
  };
  const executionOf = (clientId: string) => ({ workflowId: watchWorkflowId(clientId) });
  return {
    async signal(clientId: string, signalName: string, payloads?: readonly Payload[]): Promise<void> {
      await workflowService.signalWorkflowExecution({
        namespace,
        workflowExecution: executionOf(clientId),
        signalName,
        requestId: randomUUID(),
        ...(payloads ? { input: { payloads: [...payloads] } } : {}),
      });
    },
    async signalWithStart(
      workflowId: string,
      input: readonly Payload[] | undefined,
      more: object = {},
    ): Promise<string> {
      const { runId } = await workflowService.signalWithStartWorkflowExecution({
        namespace,
        workflowId,
        workflowType: { name: 'watchClient' },
        taskQueue: { name: taskQueue },
        signalName: 'refill',
        signalInput: { payloads: [json({ refillId: 'r', at: '2026-01-01T00:00:00Z' })] },
        requestId: randomUUID(),
        ...(input ? { input: { payloads: [...input] } } : {}),
        ...more,
      });
      return runId;
    },
    /** The failure of an update, or undefined where it was taken. */
    async update(clientId: string, name: string, payloads: readonly Payload[]): Promise<string | undefined> {
      const { outcome } = await workflowService.updateWorkflowExecution({
        namespace,
        workflowExecution: executionOf(clientId),
        waitPolicy: { lifecycleStage: 3 },
        request: {
          meta: { updateId: randomUUID(), identity: 'raw' },
          input: { name, args: { payloads: [...payloads] } },
        },
      });
      return outcome?.failure?.message ?? undefined;
    },
    /** Throws what the query was refused with. */
    async query(clientId: string, queryType: string, payloads: readonly Payload[]): Promise<void> {
      await workflowService.queryWorkflow({
        namespace,
        execution: executionOf(clientId),
        query: { queryType, queryArgs: { payloads: [...payloads] } },
      });
    },
  };
}
