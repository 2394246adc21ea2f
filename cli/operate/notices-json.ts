import { maskedAddress, withMaskedAddresses } from '../../domain/masked-address.js';
import type { SentNotice } from '../../delivery/ledger/sent-notices.js';

/** The same notice without a whole address. A login that has no address stays: it is no secret. */
export function masked(notice: SentNotice): SentNotice {
  const text = (value: string | null) => (value === null ? null : withMaskedAddresses(value));
  return {
    ...notice,
    lastError: text(notice.lastError),
    recipients: notice.recipients.map((recipient) => ({
      ...recipient,
      address: recipient.address.includes('@') ? maskedAddress(recipient.address) : recipient.address,
      reason: text(recipient.reason),
      deliveryReason: text(recipient.deliveryReason),
    })),
  };
}

/** `{ "notices": [ … ] }`, times as ISO 8601 in UTC. */
export function noticesJson(notices: readonly SentNotice[]): string {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const shown = notices.map((notice) => ({
    ...notice,
    checkAt: iso(notice.checkAt),
    createdAt: iso(notice.createdAt),
    acceptedAt: iso(notice.acceptedAt),
    recipients: notice.recipients.map((recipient) => ({
      ...recipient,
      deliveryAt: iso(recipient.deliveryAt),
    })),
  }));
  return `${JSON.stringify({ notices: shown }, null, 2)}\n`;
}
