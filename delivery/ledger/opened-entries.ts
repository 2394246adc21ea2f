import { compareTexts } from './compare-texts.js';
import type { LedgerEntry, LedgerNotice } from './ledger.js';

/** The notices of one check as they are when they were opened, in the order of `find`. */
export function openedEntries(notices: readonly LedgerNotice[]): readonly LedgerEntry[] {
  return notices.map(openedEntry).sort(compareEntries);
}

export function openedEntry(notice: LedgerNotice): LedgerEntry {
  const { recipients: _, leftOut: __, content: ___, ...said } = notice;
  return { ...said, state: 'pending', messageId: null, acceptedAt: null, lastError: null, attempts: 0 };
}

/** The staff's first, then by kind and channel. */
export function compareEntries(
  a: Pick<LedgerEntry, 'audience' | 'kind' | 'channel'>,
  b: Pick<LedgerEntry, 'audience' | 'kind' | 'channel'>,
): number {
  return (
    compareTexts(b.audience, a.audience) || compareTexts(a.kind, b.kind) || compareTexts(a.channel, b.channel)
  );
}
