import type { StoredMail } from '../../mail/mailbox/mailbox.js';
import type { CheckedResult, Step, ToldResult } from './histories.js';
import type { Balance, FaultKind, InjectedFault, ProfileTruth, Truth } from './truth.js';

// The rules of behaviour once more, written from their text and not from the product's code: what a client's checks saw,
// what they must have decided by it, and what must have become of each notice. Amounts are whole hundredths.

export interface ClientFacts {
  readonly clientId: string;
  readonly steps: readonly Step[];
  /** Mails that the provider accepted for this client. */
  readonly mails: readonly StoredMail[];
  /** What the workflow says at the end; undefined where it ended. */
  readonly counts: Readonly<Record<string, number>> | undefined;
}

export interface Tally {
  checks: number;
  decisions: number;
  notices: number;
  accepted: number;
  withdrawn: number;
  copies: number;
  /** Mails whose acceptance nobody learnt of before they were withdrawn. */
  unheard: number;
  /** From what a client was last seen to do until its next check began. */
  longestGap: { readonly ms: number; readonly clientId: string; readonly until: number };
}

/** A check may see what was written while it was asked for and answered, and clocks of one machine differ by this. */
const slackMs = 250;
/** A worker's part in a workflow is given to another after so long (Temporal's sticky timeout and task timeout). */
const takeoverMs = 22_000;
/** One call of the provider and its record at most. */
const callMs = 27_000;

const loseAnswers: readonly FaultKind[] = [
  'mail-answer-lost',
  'mail-late',
  'worker-killed',
  'mysql-cut',
  'mysql-restarted',
  'temporal-restarted',
];

/** What is not as the rules say. */
export interface Violation {
  readonly clientId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly what: string;
}

/** Counts into `tally`. */
export function violationsOf(facts: ClientFacts, truth: Truth, tally: Tally): readonly Violation[] {
  return new Model(facts, truth, tally).run();
}

interface Open {
  readonly checkAt: number;
  readonly scheduledAt: number;
  readonly deadlineAt: number;
  readonly rules: readonly string[];
}

class Model {
  private readonly found: Violation[] = [];
  private lastRefillAt = 0;
  /** Rule → when its notices were accepted. */
  private accepted = new Map<string, number[]>();
  /** The sending decisions of the last check, until they are handed over. */
  private due:
    { rules: readonly string[]; at: number; disturbed: boolean; knownRefillAt: number } | undefined;
  private open: Open | undefined;
  private disturbedSinceOpen = false;
  private lastCheckAt: number | undefined;
  /** When the last new refill came. */
  private refilledAt = 0;
  /** A check waits until the notices of the one before are settled, also where a dead worker still has the claim. */
  private lastToldAt = 0;
  private lastPeriodMs = 0;
  private ended = false;

  constructor(
    private readonly facts: ClientFacts,
    private readonly truth: Truth,
    private readonly tally: Tally,
  ) {}

  run(): readonly Violation[] {
    for (const step of this.facts.steps) this.take(step);
    this.endsWell();
    this.mailsAreRight();
    return this.found;
  }

  private take(step: Step): void {
    switch (step.kind) {
      case 'started':
        if (!step.continued) this.startAfresh(step.at);
        return;
      case 'refill': {
        // A refill of the future counts as now.
        const at = Math.min(step.refillAt, step.at);
        // Between a check's answer and its notices only if one workflow task brought both: then the refill is heard first,
        // and is news also where the check had read of it.
        if (this.due && at > this.due.knownRefillAt) this.due.disturbed = true;
        if (at > this.lastRefillAt) {
          this.lastRefillAt = at;
          this.refilledAt = step.at;
          this.disturbedSinceOpen = true;
        }
        return;
      }
      case 'asked':
        // A shorter Period brings the next check nearer, which then decides afresh (rule 12).
        this.disturbedSinceOpen = true;
        return;
      case 'checked':
        return this.checked(step);
      case 'telling':
        return this.telling(step.at, step.input);
      case 'told':
        return this.told(step.at, step.checkAt, step.told);
      case 'gaveUp':
        return;
      case 'ended':
        this.ended = true;
        if (step.how !== 'completed') this.violation(step.at, `its workflow ${step.how}`);
        else if (!this.truth.closed.has(this.facts.clientId))
          this.violation(step.at, 'its watch ended, and it is not closed');
        return;
      case 'taskFailed':
        // Temporal's own way to say that something came in the meantime, or that a worker is gone.
        if (!/UNHANDLED_COMMAND|RESET_STICKY|FORCE_CLOSE|UNSPECIFIED/.test(step.cause))
          this.violation(step.at, `a workflow task failed: ${step.cause}`);
    }
  }

  private startAfresh(at: number): void {
    this.accepted = new Map();
    this.lastRefillAt = 0;
    this.lastCheckAt = at;
    this.lastPeriodMs = 0;
    this.ended = false;
  }

  private checked({ begunAt, from, at, heardAt, result }: Extract<Step, { kind: 'checked' }>): void {
    this.tally.checks += 1;
    if (this.open) this.violation(at, `checked while the notices of ${instant(this.open.checkAt)} are open`);
    if (this.due && !this.due.disturbed)
      this.violation(
        at,
        `${this.due.rules.join(', ')} decided to send at ${instant(this.due.at)} and nobody was told`,
      );
    this.due = undefined;
    this.isInTime(from, at);
    this.lastCheckAt = at;
    if (result.kind !== 'checked') return;
    const knownRefillAt = this.lastRefillAt;
    if (result.lastRefillAt)
      // A refill of the future counts as now, by the workflow's time: its signal is then news once more.
      this.lastRefillAt = Math.max(this.lastRefillAt, Math.min(result.lastRefillAt, heardAt));
    const profile = this.truth.profiles.get(result.profile!.id)?.get(result.profile!.version);
    if (!profile) return this.violation(at, `saw version ${result.profile!.version}, which no sync made`);
    this.lastPeriodMs = profile.periodMs;
    const suspended = result.decisions!.some(({ reason }) => reason === 'suspended');
    const seen: Balance = { cents: centsOf(result.availableBalance!), suspended };
    if (!this.wasTrue(seen, from, at))
      this.violation(
        at,
        `saw ${result.availableBalance}${suspended ? ' suspended' : ''}, which it never was at that time`,
      );
    const send = this.decide(at, result, seen, profile);
    // Rule 7: refilled while it was checked, it is checked again at once.
    const disturbed = this.refilledAt >= begunAt - slackMs;
    if (send.length > 0) this.due = { rules: send, at, disturbed, knownRefillAt };
  }

  /** Rules 1, 3, 13, 15: what each rule must have decided by what was seen. Answers those that send. */
  private decide(at: number, result: CheckedResult, seen: Balance, profile: ProfileTruth): readonly string[] {
    const thresholds: Record<string, number> = { user: profile.userCents, client: profile.clientCents };
    const sending: string[] = [];
    for (const [rule, threshold] of Object.entries(thresholds)) {
      this.tally.decisions += 1;
      const count = this.countOf(rule);
      let expected = 'low';
      if (seen.suspended) expected = 'suspended';
      else if (seen.cents >= threshold) expected = 'not-low';
      else if (count >= profile.maxQty) expected = 'max-qty-reached';
      // The user rule has a manager e-mail, the client rule a billing e-mail: both always reach somebody.
      const decided = result.decisions!.find((each) => each.rule === rule);
      if (decided?.reason !== expected) {
        this.violation(
          at,
          `${rule} with ${seen.cents} of ${threshold} and ${count} of ${profile.maxQty}: expected ${expected}, found ${decided?.reason}`,
        );
      }
      if (decided?.decision === 'send') sending.push(rule);
    }
    return sending;
  }

  private telling(
    at: number,
    {
      checkAt,
      deadlineAt,
      rules,
    }: { checkAt: number; deadlineAt: number; rules: readonly { key: string }[] },
  ): void {
    this.tally.notices += 1;
    const keys = rules.map(({ key }) => key).sort();
    if (keys.join() !== [...(this.due?.rules ?? [])].sort().join())
      this.violation(
        at,
        `tells ${keys.join(', ')}, and ${this.due?.rules.join(', ') ?? 'nothing'} decided to send`,
      );
    this.due = undefined;
    this.open = { checkAt, scheduledAt: at, deadlineAt, rules: keys };
    this.disturbedSinceOpen = false;
  }

  private told(at: number, checkAt: number, { accepted, failed }: ToldResult): void {
    if (this.open?.checkAt !== checkAt) return;
    const { open } = this;
    this.open = undefined;
    this.lastToldAt = at;
    for (const rule of open.rules) {
      const times = accepted.filter(({ rules }) => rules.includes(rule)).map((each) => each.at);
      if (times.length === 0) {
        this.tally.withdrawn += 1;
        const allowed =
          this.disturbedSinceOpen || at >= open.deadlineAt - 6_000 || this.wasSuspended(open.scheduledAt, at);
        if (!allowed || failed.length > 0)
          this.violation(
            at,
            `${rule} of ${instant(checkAt)} was not accepted, and given up ${((open.deadlineAt - at) / 1_000).toFixed(1)} s before its deadline`,
          );
        continue;
      }
      this.tally.accepted += 1;
      const first = Math.min(...times);
      if (first < checkAt - slackMs || first > at + slackMs)
        this.violation(at, `${rule} of ${instant(checkAt)} is dated ${instant(first)}`);
      this.accepted.set(rule, [...(this.accepted.get(rule) ?? []), first]);
    }
  }

  private countOf(rule: string): number {
    return (this.accepted.get(rule) ?? []).filter((at) => at >= this.lastRefillAt).length;
  }

  /** Rule 11, and that nobody is forgotten: from one check to the next it is a Period, and what servers were away. */
  private isInTime(from: number, at: number): void {
    if (this.lastCheckAt === undefined || this.lastPeriodMs === 0) return;
    const gap = from - Math.max(this.lastCheckAt, this.lastToldAt);
    const away = this.truth.faults
      .filter(({ kind }) =>
        ['worker-killed', 'temporal-restarted', 'mysql-restarted', 'mysql-cut'].includes(kind),
      )
      .filter((fault) => fault.until + takeoverMs >= this.lastCheckAt! && fault.from <= from)
      .reduce((sum, fault) => sum + (fault.until - fault.from) + takeoverMs, 0);
    if (gap > this.tally.longestGap.ms)
      this.tally.longestGap = { ms: gap, clientId: this.facts.clientId, until: from };
    if (gap > this.lastPeriodMs + 6_000 + away)
      this.violation(
        at,
        `was not checked for ${(gap / 1_000).toFixed(1)} s, its Period is ${this.lastPeriodMs / 1_000} s`,
      );
  }

  private wasTrue(seen: Balance, from: number, at: number): boolean {
    const changes = this.truth.balances.get(this.facts.clientId)!;
    return changes.some(({ value, from: begun }, i) => {
      const replaced = changes[i + 1]?.until ?? Number.POSITIVE_INFINITY;
      return (
        value.cents === seen.cents &&
        value.suspended === seen.suspended &&
        begun <= at + slackMs &&
        replaced >= from - slackMs
      );
    });
  }

  private wasSuspended(from: number, until: number): boolean {
    const changes = this.truth.balances.get(this.facts.clientId)!;
    if (this.truth.closed.has(this.facts.clientId)) return true;
    return changes.some(({ value, from: begun }, i) => {
      const replaced = changes[i + 1]?.until ?? Number.POSITIVE_INFINITY;
      return value.suspended && begun <= until && replaced >= from;
    });
  }

  private endsWell(): void {
    const { counts } = this.facts;
    const { closed } = this.truth;
    if (this.facts.steps.length === 0) return this.violation(Date.now(), 'it was never watched');
    if (closed.has(this.facts.clientId)) {
      if (!this.ended) this.violation(Date.now(), 'it is closed, and still watched');
      return;
    }
    if (this.ended || !counts) return this.violation(Date.now(), 'it is not watched');
    for (const rule of ['user', 'client']) {
      const expected = this.countOf(rule);
      if (this.open || this.due) continue;
      if ((counts[rule] ?? 0) !== expected)
        this.violation(Date.now(), `${rule} counts ${counts[rule] ?? 0} at the end, expected ${expected}`);
    }
  }

  /** Each accepted notice arrived; what arrived twice, or without having been counted, is an answer that was lost. */
  private mailsAreRight(): void {
    const byNotice = new Map<string, StoredMail[]>();
    for (const mail of this.facts.mails) {
      const copies = byNotice.get(mail.noticeId!) ?? [];
      byNotice.set(mail.noticeId!, [...copies, mail]);
    }
    let noticesArrived = 0;
    for (const copies of byNotice.values()) {
      noticesArrived += 1;
      const [first, ...more] = copies.sort((a, b) => a.receivedAt - b.receivedAt);
      let before = first!;
      for (const copy of more) {
        this.tally.copies += 1;
        if (!this.answerWasLost(before.receivedAt, copy.receivedAt))
          this.violation(copy.receivedAt, 'a mail arrived twice, and no answer was lost in between');
        before = copy;
      }
    }
    const expected = this.noticesAccepted;
    if (noticesArrived < expected)
      this.violation(Date.now(), `${expected} notices were accepted, and ${noticesArrived} arrived`);
    const unheard = noticesArrived - expected;
    this.tally.unheard += unheard;
    const answersLost = this.facts.mails.filter(({ receivedAt }) =>
      this.answerWasLost(receivedAt, receivedAt + callMs),
    );
    if (unheard > answersLost.length)
      this.violation(Date.now(), `${noticesArrived} notices arrived, and only ${expected} were counted`);
  }

  /** One notice for the staff and one for the client: each rule of a check has its own here. */
  private get noticesAccepted(): number {
    return this.facts.steps.reduce(
      (sum, step) => sum + (step.kind === 'told' ? step.told.accepted.length : 0),
      0,
    );
  }

  private answerWasLost(from: number, until: number): boolean {
    const near = (fault: InjectedFault) => fault.from <= until && fault.until >= from - callMs;
    return this.truth.faults.some(
      (fault) =>
        loseAnswers.includes(fault.kind) &&
        (fault.clientId === undefined || fault.clientId === this.facts.clientId) &&
        near(fault),
    );
  }

  private violation(at: number, what: string): void {
    this.found.push({ clientId: this.facts.clientId, at, what });
  }
}

function centsOf(decimal: string): number {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const cents = Number(whole) * 100 + Number(fraction.padEnd(2, '0').slice(0, 2));
  return decimal.startsWith('-') ? -cents : cents;
}

/** `14:05:07.123` */
export function instant(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
