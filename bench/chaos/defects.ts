/** A defect to plant into the built product, so that it can be seen whether chaos finds it. */
export interface Defect {
  readonly name: string;
  /** Below `dist/`. */
  readonly file: string;
  /** What the file holds once. */
  readonly code: string;
  readonly becomes: string;
  /** Defects of one round are planted together: none hides another, and each has violations of its own. */
  readonly round: number;
  /** What the model says of it, and of no other of its round. */
  readonly finds: RegExp;
  /** Why chaos does not find it. */
  readonly unseen?: string;
}

export const defects: readonly Defect[] = [
  {
    name: 'Max Qty allows one too many',
    round: 6,
    finds: /expected max-qty-reached, found low/,
    file: 'domain/silences.js',
    code: 'countOf(watch, rule.key) >= profile.maxQty',
    becomes: 'countOf(watch, rule.key) > profile.maxQty',
  },
  {
    name: 'a threshold is missed by 5.00',
    round: 7,
    finds: /below .* expected low, found not-low/,
    file: 'domain/conditions/conditions.js',
    code: 'const side = compare(availableBalance, limit);',
    becomes: 'const side = compare(String(Number(availableBalance) + 5), limit);',
  },
  {
    name: 'a suspended client is told',
    round: 6,
    finds: /which it never was at that time/,
    file: 'domain/silences.js',
    code: "reading.status === 'suspended' ?",
    becomes: 'false ?',
  },
  {
    name: 'a refill starts no new cycle',
    round: 8,
    finds: /(user|client) .* expected low, found (max-qty-reached|told-recently)/,
    file: 'domain/cycle/refills.js',
    code: 'return dropOldCycle({ ...watch, lastRefillAt: at });',
    becomes: 'return watch;',
  },
  {
    name: 'a refill in the billing data counts as now',
    round: 1,
    finds: /expected (max-qty-reached|told-recently), found low/,
    file: 'domain/check-client.js',
    code: 'noteRefill(known, { at: lastRefillAt }, Math.max(now, readAt ?? now))',
    becomes: 'noteRefill(known, { at: now }, now)',
  },
  {
    name: 'a lost refill signal is not noticed (rule 6)',
    round: 7,
    finds: /(user|client) .* expected low, found (max-qty-reached|told-recently)/,
    file: 'domain/check-client.js',
    code: 'lastRefillAt === null ?',
    becomes: 'true ?',
  },
  {
    name: 'a refill does not stop what is being sent (rule 7)',
    round: 6,
    finds: /was refilled while it was told, and checked again only/,
    file: 'domain/watching/watching.js',
    code: 'isNew && watching.checking',
    becomes: 'false',
  },
  {
    name: 'a shorter Period waits for the next check (rule 12)',
    round: 3,
    finds: /was checked .* late/,
    file: 'domain/watching/watching.js',
    code: 'agenda: replanned(withoutGrace(watching.agenda), periodMs, now)',
    becomes: 'agenda: watching.agenda',
  },
  {
    name: 'a rule repeats sooner than a Period (rule 17)',
    round: 6,
    finds: /expected told-recently, found low/,
    file: 'domain/silences.js',
    code: "return time.instant < until ? { reason: 'told-recently', until } : undefined;",
    becomes: 'return undefined;',
  },
  {
    name: 'below and above are taken for each other (rule 1)',
    round: 8,
    finds: /advanced:owes .* expected (not-low, found low|low, found not-low)/,
    file: 'domain/conditions/conditions.js',
    code: 'side < 0 : side > 0',
    becomes: 'side < 0 : side < 0',
  },
  {
    name: 'a share of the credit limit is half of it (rule 16)',
    round: 4,
    finds: /user has the limit/,
    file: 'domain/conditions/percent-of-credit-limit.js',
    code: 'percentOf(whole, percent)',
    becomes: 'percentOf(whole, String(Number(percent) / 2))',
  },
  {
    name: 'a share of the last refill is all of it (rule 16)',
    round: 4,
    finds: /client has the limit/,
    file: 'domain/conditions/percent-of-last-refill.js',
    code: 'percentOf(whole, percent)',
    becomes: 'whole',
  },
  {
    name: 'what is spent in some days is what is spent in one (rule 16)',
    round: 5,
    finds: /advanced:runway has the limit \d/,
    file: 'domain/conditions/lasts.js',
    code: 'multiply(spend, String(lastsMs))',
    becomes: 'multiply(spend, String(dayMs))',
  },
  {
    name: 'no basis is taken for well (rule 16)',
    round: 5,
    finds: /has the limit -1000000/,
    file: 'domain/conditions/condition.js',
    code: "{ missing: 'no-basis' } : {",
    becomes: "{ amount: '-1000000' } : {",
  },
  {
    name: 'the client’s own threshold is passed over (rule 16)',
    round: 3,
    finds: /(client|advanced:hook) (has the limit|.* found no-basis)/,
    file: 'domain/conditions/own.js',
    code: 'if (facts.ownThreshold !== null)',
    becomes: 'if (false)',
  },
  {
    name: 'looks wake nobody (rule 18)',
    round: 1,
    finds: /is looked at each/,
    file: 'activities/look-wakes.js',
    code: 'clientIds.map(',
    becomes: '[].map(',
  },
  {
    name: 'sending hours are not asked (rule 19)',
    round: 4,
    finds: /expected outside-hours, found/,
    file: 'domain/silences.js',
    code: 'closedUntil(hours, zoneOf(reading, time), time.now)',
    becomes: 'undefined',
  },
  {
    name: 'sending hours go by UTC (rule 19)',
    round: 5,
    finds: /expected (low|recovered), found outside-hours/,
    file: 'domain/silences.js',
    code: '(time.zoneOf ?? zoneOffsetOf)(timeZone)',
    becomes: "(time.zoneOf ?? zoneOffsetOf)('UTC')",
  },
  {
    name: 'nobody is checked when sending hours open (rule 19)',
    round: 1,
    finds: /was checked .* late/,
    file: 'domain/watching/watching.js',
    code: "reason === 'outside-hours'",
    becomes: 'false',
  },
  {
    name: 'a recovery is not told (rule 20)',
    round: 4,
    finds: /expected recovered, found not-low/,
    file: 'domain/decide.js',
    code: 'met === false && rule.recovered',
    becomes: 'false && rule.recovered',
  },
  {
    name: 'a recovery is told again and again (rule 20)',
    round: 5,
    finds: /expected not-low, found recovered/,
    file: 'domain/cycle/told.js',
    code: 'return { ...watch, recoveredAt };',
    becomes: 'return watch;',
  },
  {
    name: 'of a recovery hears somebody who was not told (rule 20)',
    round: 3,
    finds: /of the recovery of/,
    file: 'activities/notify.js',
    code: 'await ledger.reached(clientId, toldAt, key)',
    becomes:
      '(await ledger.reached(clientId, toldAt, key)).concat({ address: "noc@acme.example", audience: "staff" })',
  },
  {
    name: 'a refill ends the cycle of a rule for above (rule 21)',
    round: 7,
    finds: /advanced:owes .* expected (max-qty-reached|told-recently), found low/,
    file: 'domain/cycle/counters.js',
    code: 'watch.aboveRules?.includes(rule) ? undefined : watch.lastRefillAt',
    becomes: 'watch.lastRefillAt',
  },
  {
    name: 'a rule for above counts on when it is found not above (rule 21)',
    round: 3,
    finds: /advanced:owes .* expected low, found (max-qty-reached|told-recently)/,
    file: 'domain/cycle/found.js',
    code: 'const reset = ended.reduce(',
    becomes: 'const reset = [].reduce(',
  },
  {
    name: 'a client that was low already is told (rule 22)',
    round: 4,
    finds: /expected already-low, found low/,
    file: 'domain/cycle/found.js',
    code: 'if (since === undefined)',
    becomes: 'if (true)',
  },
  {
    name: 'a refill does not end the wait of a client that was low already (rule 22)',
    round: 5,
    finds: /expected low, found already-low/,
    file: 'domain/cycle/found.js',
    code: '(watch.lastRefillAt ?? -Infinity) <= since',
    becomes: 'true',
  },
  {
    name: 'a hold by hand holds nothing (rule 23)',
    round: 4,
    finds: /expected held, found/,
    file: 'store/brake.js',
    code: 'const hold = holdOn(active, candidate, now);',
    becomes: 'const hold = undefined;',
  },
  {
    // Looks ask for holds from the beginning on, so that most often none is known for ever; else one is never over.
    name: 'holds are read once, and never again (rule 23)',
    round: 9,
    finds: /expected (low|recovered), found held|expected held, found (low|recovered)/,
    file: 'store/brake.js',
    code: 'remembered(holdsFreshMs,',
    becomes: 'remembered(Infinity,',
  },
  {
    name: 'the brake allows more than it should (rule 23)',
    round: 2,
    finds: /the brake allows/,
    file: 'domain/brake.js',
    code: 'Math.max(0, limit - counted)',
    becomes: 'Math.max(0, limit * 1000 - counted)',
  },
  {
    name: 'a webhook that was refused is taken for accepted',
    round: 3,
    finds: /notices were accepted, and \d+ arrived/,
    file: 'delivery/webhook/post-webhook.js',
    code: 'const failure = webhookErrorOf(where, answered.status, answered.headers, answered.body, Date.now());',
    becomes: 'const failure = undefined;',
  },
  {
    name: 'webhooks are not called',
    round: 4,
    finds: / told .* expected .*crm/,
    file: 'domain/notices.js',
    code: '...webhookNotices(profile, sending, recoveries),',
    becomes: '',
  },
  {
    name: 'withdrawn is taken for accepted',
    round: 6,
    finds: / is dated /,
    file: 'activities/notify.js',
    code: "state === 'accepted' && acceptedAt !== null\n            ? [",
    becomes: 'true\n            ? [',
  },
  {
    name: 'refused is taken for accepted',
    round: 7,
    finds: /notices were accepted, and \d+ arrived/,
    file: 'activities/notify.js',
    code: 'if (!isDeliveryError(error))\n            throw error;',
    becomes:
      'if (isDeliveryError(error)) { await parts.ledger.accepted(entry.id, { messageId: "x", refused: [], recipients: claim.recipients }, await now()); return undefined; }',
  },
  {
    name: 'a notice is given up at its first failure',
    round: 8,
    finds: /was not accepted, and given up/,
    file: 'activities/notify.js',
    code: 'return permanent ? undefined : {',
    becomes: 'return true ? undefined : {',
  },
  {
    name: 'an accepted notice is forgotten',
    round: 2,
    finds: /expected (max-qty-reached|told-recently), found low/,
    file: 'domain/cycle/told.js',
    code: 'acceptedAt[key] = ascending([...(acceptedAt[key] ?? []), at]);',
    becomes: '',
  },
  {
    name: 'a claim keeps no other worker away',
    round: 9,
    finds: /arrived twice/,
    file: 'delivery/ledger/claims.js',
    code: " AND state = 'pending' AND (claimed_until IS NULL OR claimed_until <= ${databaseNow})`, [token",
    becomes: " AND state = 'pending'`, [token",
    unseen: 'a second copy near a fault is allowed; tests of the ledger find it',
  },
];

/** In their order. */
export function roundsOf(all: readonly Defect[]): readonly (readonly Defect[])[] {
  const rounds = new Map<number, Defect[]>();
  for (const defect of all) rounds.set(defect.round, [...(rounds.get(defect.round) ?? []), defect]);
  return [...rounds].sort(([one], [other]) => one - other).map(([, round]) => round);
}

/** Which violations are of this defect. */
export function foundOf({ finds }: Pick<Defect, 'finds'>, violations: readonly string[]): readonly string[] {
  return violations.filter((text) => finds.test(text));
}

/** The file's text with the defect in it. Throws where its place is not there exactly once. */
export function plant(
  { name, file, code, becomes }: Pick<Defect, 'name' | 'file' | 'code' | 'becomes'>,
  text: string,
): string {
  const [before, after, ...more] = text.split(code);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`"${name}": expected dist/${file} to hold \`${code}\` once`);
  return before + becomes + after;
}
