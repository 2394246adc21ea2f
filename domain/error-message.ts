/** What an error says, whatever was thrown; its name where it says nothing. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '')
    return thrown.errors.map(messageOf).join(', ');
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
}
