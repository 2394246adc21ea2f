import { described } from './described.js';

/** The width of `client_id` in the service's own tables and in the contract of the billing views, in characters as SQL counts them. */
export const longestClientId = 64;

/**
 * What is wrong with the id of a client, or undefined. MySQL takes ids that differ in blanks at their end for the same, so
 * that such a client would be watched, and notified, twice.
 */
export function clientIdProblem(clientId: unknown): string | undefined {
  if (typeof clientId !== 'string') return `expected a text, found ${described(clientId)}`;
  if (clientId.trim() === '')
    return `expected 1 to ${longestClientId} characters, found ${described(clientId)}`;
  const length = clientId.length <= longestClientId ? clientId.length : Array.from(clientId).length;
  if (length > longestClientId)
    return `expected at most ${longestClientId} characters, found ${length}: ${described(clientId)}`;
  if (clientId.trim() !== clientId)
    return `expected no blank at its beginning or end, found ${described(clientId)}`;
  return /\p{Cc}/u.test(clientId) ? `expected no control character, found ${described(clientId)}` : undefined;
}
