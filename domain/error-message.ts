/** What an error says, whatever was thrown; its name where it says nothing. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '')
    return thrown.errors.map(messageOf).join(', ');
  // The `fetch` of Node says only that it failed, and its cause says why: a name without an address, a port where nobody listens.
  if (thrown instanceof TypeError && thrown.message === 'fetch failed' && thrown.cause instanceof Error)
    return messageOf(thrown.cause);
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
}
