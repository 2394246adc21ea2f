import { randomUUID } from 'node:crypto';
import type { LedgerNotice } from '../../delivery/ledger/ledger.js';

/** A notice to a client by e-mail, to two addresses. */
export function aLedgerNotice(changes: Partial<LedgerNotice> & Pick<LedgerNotice, 'clientId'>): LedgerNotice {
  return {
    id: randomUUID(),
    checkAt: 1_000,
    instant: 900,
    kind: 'low',
    channel: 'email',
    audience: 'client',
    profileId: 'acme/prepaid',
    rules: ['client'],
    recovered: [],
    content: { language: 'de', facts: { availableBalance: '4.50' } },
    recipients: ['a@client.example', 'b@client.example'],
    leftOut: [{ address: 'nobody', reason: 'not an e-mail address' }],
    ...changes,
  };
}
