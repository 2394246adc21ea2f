import { slackMs } from './ask-truth.js';
import type { RuleTruth } from './truth.js';

/** What is remembered of one rule. Instants are epoch milliseconds. */
interface RuleMemory {
  /** When its notices were accepted. */
  accepted: number[];
  /** The instant that the check of its last notice stood for (rule 17). */
  toldFor: number;
  /** Its last notice, also one of an earlier cycle, as long as no recovery was told of it (rule 20). */
  unrecovered: { readonly checkAt: number } | undefined;
  /** The first check under the profile, which found it so (rule 22). */
  waitsSince: { readonly from: number; readonly until: number } | undefined;
}

/** What is to be remembered of a client between its checks: rules 4, 5, 17, 20, 21, 22. */
export class ClientMemory {
  /** The latest refill known. */
  lastRefillAt = 0;
  /** The latest refill that a check read of in the billing data, as it is dated there. */
  readRefillAt = 0;
  private profileId: string | undefined;
  private readonly rules = new Map<string, RuleMemory>();

  /** A check saw the client under a profile: rule 12, and rule 22 where it is the first one. */
  sees(
    profile: {
      readonly id: string;
      readonly alreadyLow: 'tell' | 'wait';
      readonly rules: readonly RuleTruth[];
    },
    from: number,
    until: number,
  ): void {
    if (profile.id === this.profileId) return;
    this.profileId = profile.id;
    this.rules.clear();
    if (profile.alreadyLow === 'wait')
      for (const { key } of profile.rules) this.of(key).waitsSince = { from, until };
  }

  /** Rule 5. Answers whether it is news. */
  refilled(at: number): boolean {
    if (at <= this.lastRefillAt) return false;
    this.lastRefillAt = at;
    return true;
  }

  /** A check found a rule's condition met, or not; undefined: it has no limit. */
  found({ key, when, recovered }: RuleTruth, met: boolean | undefined, suspended: boolean): void {
    if (met !== false) return;
    const rule = this.of(key);
    rule.waitsSince = undefined;
    // Rule 20: what it told before is over, and no later edit makes a recovery of it.
    if (!recovered && !suspended) rule.unrecovered = undefined;
    // Rule 21.
    if (when === 'above') rule.accepted = [];
  }

  /** What it would be had a check found this rule's condition not met. */
  hadFoundNotMet(rule: RuleTruth): ClientMemory {
    const other = new ClientMemory();
    other.lastRefillAt = this.lastRefillAt;
    other.readRefillAt = this.readRefillAt;
    other.profileId = this.profileId;
    for (const [key, memory] of this.rules) other.rules.set(key, { ...memory });
    other.found(rule, false, false);
    return other;
  }

  told(key: string, at: number, check: { readonly checkAt: number; readonly standsFor: number }): void {
    const rule = this.of(key);
    rule.accepted.push(at);
    rule.toldFor = check.standsFor;
    rule.unrecovered = { checkAt: check.checkAt };
  }

  recovered(key: string): void {
    this.of(key).unrecovered = undefined;
  }

  /** The check of the last notice of which no recovery was told. */
  unrecoveredCheck(key: string): number | undefined {
    return this.rules.get(key)?.unrecovered?.checkAt;
  }

  /** Rules 4 and 21. */
  countOf({ key, when }: Pick<RuleTruth, 'key' | 'when'>): number {
    const accepted = this.rules.get(key)?.accepted ?? [];
    return when === 'above' ? accepted.length : accepted.filter((at) => at >= this.lastRefillAt).length;
  }

  /** What its last notice of this cycle stood for. */
  toldFor(rule: Pick<RuleTruth, 'key' | 'when'>): number | undefined {
    return this.countOf(rule) > 0 ? this.of(rule.key).toldFor : undefined;
  }

  /** Rules 21 and 22: a refill ends it, but for a rule for above; one that was written while the first check read, perhaps. */
  waits({ key, when }: Pick<RuleTruth, 'key' | 'when'>): readonly boolean[] {
    const since = this.rules.get(key)?.waitsSince;
    if (since && when === 'above') return [true];
    if (!since || this.lastRefillAt > since.until + slackMs) return [false];
    return this.lastRefillAt < since.from - slackMs ? [true] : [true, false];
  }

  private of(key: string): RuleMemory {
    const known = this.rules.get(key);
    if (known) return known;
    const fresh: RuleMemory = { accepted: [], toldFor: 0, unrecovered: undefined, waitsSince: undefined };
    this.rules.set(key, fresh);
    return fresh;
  }
}
