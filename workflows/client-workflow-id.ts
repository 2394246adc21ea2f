const prefix = 'low-balance:client:';

/** The id of a client's workflow. */
export function watchWorkflowId(clientId: string): string {
  return `${prefix}${clientId}`;
}

/** The client of a workflow id; undefined for a workflow that watches no client. */
export function clientIdOf(workflowId: string): string | undefined {
  return workflowId.startsWith(prefix) ? workflowId.slice(prefix.length) : undefined;
}
