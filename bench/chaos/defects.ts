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
    file: 'domain/silences.js',
    code: 'countOf(watch, rule.key) >= profile.maxQty',
    becomes: 'countOf(watch, rule.key) > profile.maxQty',
  },
  {
    name: 'a threshold is missed by 5.00',
    file: 'domain/conditions/conditions.js',
    code: 'const side = compare(availableBalance, limit);',
    becomes: 'const side = compare(String(Number(availableBalance) + 5), limit);',
  },
  {
    name: 'a suspended client is told',
    file: 'domain/silences.js',
    code: "reading.status === 'suspended' ?",
    becomes: 'false ?',
  },
  {
    name: 'a refill starts no new cycle',
    file: 'domain/cycle/refills.js',
    code: 'return dropOldCycle({ ...watch, lastRefillAt: at });',
    becomes: 'return watch;',
  },
  {
    name: 'a refill in the billing data counts as now',
    file: 'domain/check-client.js',
    code: 'noteRefill(known, { at: lastRefillAt }, now)',
    becomes: 'noteRefill(known, { at: now }, now)',
  },
  {
    name: 'a lost refill signal is not noticed (rule 6)',
    file: 'domain/check-client.js',
    code: 'lastRefillAt === null ?',
    becomes: 'true ?',
  },
  {
    name: 'a refill does not stop what is being sent (rule 7)',
    file: 'domain/watching/watching.js',
    code: 'isNew && watching.checking',
    becomes: 'false',
  },
  {
    name: 'a shorter Period waits for the next check (rule 12)',
    file: 'domain/watching/watching.js',
    code: 'agenda: replanned(withoutGrace(watching.agenda), periodMs, now)',
    becomes: 'agenda: watching.agenda',
  },
  {
    name: 'a rule repeats sooner than a Period (rule 17)',
    file: 'domain/silences.js',
    code: "return time.instant < until ? { reason: 'told-recently', until } : undefined;",
    becomes: 'return undefined;',
    unseen: 'chaos makes no check that comes sooner; scenarios of rule 17 find it',
  },
  {
    name: 'withdrawn is taken for accepted',
    file: 'activities/notify.js',
    code: "state === 'accepted' && acceptedAt !== null\n            ? [",
    becomes: 'true\n            ? [',
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
    file: 'domain/cycle/told.js',
    code: 'acceptedAt[key] = ascending([...(acceptedAt[key] ?? []), at]);',
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
