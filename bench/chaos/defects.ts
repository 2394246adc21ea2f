/** A defect to plant into the built product, so that it can be seen whether chaos finds it. */
export interface Defect {
  readonly name: string;
  /** Below `dist/`. */
  readonly file: string;
  /** What the file holds once. */
  readonly code: string;
  readonly becomes: string;
  /** Why chaos does not find it. */
  readonly unseen?: string;
}

export const defects: readonly Defect[] = [
  {
    name: 'Max Qty allows one too many',
    file: 'domain/decide.js',
    code: 'count >= profile.maxQty',
    becomes: 'count > profile.maxQty',
  },
  {
    name: 'a threshold is missed by 5.00',
    file: 'domain/decide.js',
    code: 'isBelow(reading.availableBalance, threshold)',
    becomes: 'isBelow(String(Number(reading.availableBalance) + 5), threshold)',
  },
  {
    name: 'a suspended client is told',
    file: 'domain/decide.js',
    code: "if (reading.status === 'suspended')",
    becomes: 'if (false)',
  },
  {
    name: 'a refill starts no new cycle',
    file: 'domain/watch-state.js',
    code: 'return dropOldCycle({ ...watch, lastRefillAt: at });',
    becomes: 'return watch;',
  },
  {
    name: 'a refill in the billing data counts as now',
    file: 'workflows/watch.js',
    code: 'noteRefill(this.state, { at: result.lastRefillAt }, now)',
    becomes: 'noteRefill(this.state, { at: now }, now)',
  },
  {
    name: 'a lost refill signal is not noticed (rule 6)',
    file: 'workflows/watch.js',
    code: 'if (result.lastRefillAt !== null)',
    becomes: 'if (false)',
  },
  {
    name: 'a refill does not stop what is being sent (rule 7)',
    file: 'workflows/watch.js',
    code: 'if (this.checking)',
    becomes: 'if (false)',
  },
  {
    name: 'a shorter Period waits for the next check (rule 12)',
    file: 'workflows/watch.js',
    code: 'this.agenda = replanned(this.agenda, periodMs, now);',
    becomes: '',
  },
  {
    name: 'withdrawn is taken for accepted',
    file: 'activities/notify.js',
    code: "state === 'accepted' && acceptedAt !== null ? [{ rules, at: acceptedAt }] : []",
    becomes: '[{ rules, at: acceptedAt ?? Date.now() }]',
  },
  {
    name: 'refused is taken for accepted',
    file: 'activities/notify.js',
    code: 'if (!isDeliveryError(error))\n            throw error;',
    becomes:
      'if (isDeliveryError(error)) { await parts.ledger.accepted(entry.id, { messageId: "x", refused: [], recipients: claim.recipients }, await now()); return undefined; }',
  },
  {
    name: 'a notice is given up at its first failure',
    file: 'activities/notify.js',
    code: 'return permanent ? undefined : {',
    becomes: 'return true ? undefined : {',
  },
  {
    name: 'an accepted notice is forgotten',
    file: 'domain/watch-state.js',
    code: 'acceptedAt[key] = [...(acceptedAt[key] ?? []), at].sort((a, b) => a - b);',
    becomes: '',
  },
  {
    name: 'a claim keeps no other worker away',
    file: 'delivery/ledger/mysql-ledger.js',
    code: " AND state = 'pending' AND (claimed_until IS NULL OR claimed_until <= ${databaseNow})`, [token",
    becomes: " AND state = 'pending'`, [token",
    unseen: 'a second copy near a fault is allowed; tests of the ledger find it',
  },
];

/** The file's text with the defect in it. Throws where its place is not there exactly once. */
export function plant({ name, file, code, becomes }: Defect, text: string): string {
  const [before, after, ...more] = text.split(code);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`"${name}": expected dist/${file} to hold \`${code}\` once`);
  return before + becomes + after;
}
