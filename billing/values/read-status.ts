import type { ClientStatus } from '../../domain/client.js';
import { trimmedText } from './raw-text.js';

const statuses: readonly ClientStatus[] = ['active', 'suspended', 'closed'];

/** `active`, `suspended` or `closed`, in any case; undefined for anything else. */
export function readStatus(value: unknown): ClientStatus | undefined {
  const text = trimmedText(value)?.toLowerCase();
  return statuses.find((status) => status === text);
}
