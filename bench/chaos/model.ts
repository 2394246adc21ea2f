import {
  awayMs,
  profileSeen,
  slackMs,
  starvedMs,
  wasHindered,
  wasOutOfService,
  wasTrue,
} from './ask-truth.js';
import type { CheckedResult, Step, TellingInput, ToldResult } from './histories.js';
import { violationsOfMails } from './judge-mails.js';
import { lateMs, Punctuality } from './punctuality.js';
import type { Balance, ProfileTruth, Truth } from './truth.js';
import { instant, type ClientFacts, type Tally, type Violation } from './verdict.js';

// The rules of behaviour once more, written from their text and not from the product's code: what a client's checks saw,
// what they must have decided by it, and what must have become of each notice. Amounts are whole hundredths.

/** The first retry of a notice comes no later, and each next one doubles the wait at most (rule 4). */
const firstRetryMs = 4_000;
/** A notice needs no longer where nothing hinders it and the CPU is there. */
const noticeMs = 1_000;

/** Counts into `tally`. */
export function violationsOf(facts: ClientFacts, truth: Truth, tally: Tally): readonly Violation[] {
  return [...new Model(facts, truth, tally).run(), ...violationsOfMails(facts, truth, tally)];
}

/** The sending decisions of a check, until they are handed over. */
interface Due {
  readonly rules: readonly string[];
  /** Rule 17. */
  readonly standsFor: number;
  readonly at: number;
  /** The client is to be checked again instead (rule 7). */
  disturbed: boolean;
  readonly knownRefillAt: number;
}

/** Notices that were handed over, until it is told what became of them. */
interface Open {
  readonly checkAt: number;
  readonly scheduledAt: number;
  readonly deadlineAt: number;
  readonly rules: readonly string[];
  /** What the check stood for (rule 17). */
  readonly standsFor: number;
  /** Something came meanwhile because of which it may be given up. */
  disturbed: boolean;
  refilled: boolean;
}

class Model {
  private readonly found: Violation[] = [];
  private lastRefillAt = 0;
  /** The latest refill that a check read of in the billing data, as it is dated there. */
  private readRefillAt = 0;
  /** Rule → when its notices were accepted. */
  private accepted = new Map<string, number[]>();
  /** Rule → the instant that the check of its last notice stood for. */
  private toldFor = new Map<string, number>();
  /** A workflow started again, and made no check yet. */
  private startsAgain = false;
  private due: Due | undefined;
  private open: Open | undefined;
  /** When the last new refill came. */
  private refilledAt = 0;
  private ended = false;
  private readonly punctuality: Punctuality;

  constructor(
    private readonly facts: ClientFacts,
    private readonly truth: Truth,
    private readonly tally: Tally,
  ) {
    this.punctuality = new Punctuality(facts.clientId, truth, tally, (at, what) => this.violation(at, what));
  }

  run(): readonly Violation[] {
    for (const step of this.facts.steps) this.take(step);
    this.endsWell();
    return this.found;
  }

  private take(step: Step): void {
    switch (step.kind) {
      case 'started':
        if (!step.continued) this.startAfresh(step.at);
        return;
      case 'refill':
        return this.refilled(step.at, Math.min(step.refillAt, step.at));
      case 'asked':
        return this.asked(step.at);
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

  /** Rule 25: a workflow that starts again goes on with counters, refills and instants. */
  private startAfresh(at: number): void {
    this.startsAgain = this.accepted.size > 0;
    this.punctuality.startAfresh(at);
    this.ended = false;
  }

  /** Rules 5 and 7. A refill of the future counts as now: `refillAt` is no later than `at`. */
  private refilled(at: number, refillAt: number): void {
    // Between a check's answer and its notices only if one workflow task brought both: then the refill is heard first,
    // and is news also where the check had read of it.
    if (this.due && refillAt > this.due.knownRefillAt) this.due.disturbed = true;
    if (refillAt <= this.lastRefillAt) return;
    this.lastRefillAt = refillAt;
    this.refilledAt = at;
    if (!this.open) return;
    this.open.disturbed = true;
    // What the check has read of and counted, by a clock that was a little ahead, need not make it check again.
    if (refillAt > this.readRefillAt) this.open.refilled = true;
  }

  /** Rule 12: a shorter Period brings the next check nearer, which then decides afresh. */
  private asked(at: number): void {
    if (this.open) this.open.disturbed = true;
    this.punctuality.replanned(at);
  }

  private checked({ begunAt, from, at, heardAt, result }: Extract<Step, { kind: 'checked' }>): void {
    this.tally.checks += 1;
    if (this.open) this.violation(at, `checked while the notices of ${instant(this.open.checkAt)} are open`);
    if (this.due && !this.due.disturbed)
      this.violation(
        at,
        `${this.due.rules.join(', ')} decided to send at ${instant(this.due.at)} and nobody was told`,
      );
    if (this.due?.disturbed) this.punctuality.mustRecheck(this.due.at);
    this.due = undefined;
    this.punctuality.checked(from, at);
    if (result.kind !== 'checked') return;
    const knownRefillAt = this.lastRefillAt;
    if (result.lastRefillAt) {
      this.readRefillAt = Math.max(this.readRefillAt, result.lastRefillAt);
      // A refill of the future counts as now, by the workflow's time.
      this.lastRefillAt = Math.max(this.lastRefillAt, Math.min(result.lastRefillAt, heardAt));
    }
    const profile = profileSeen(this.truth, result.profile!, from, at);
    if (!profile)
      return this.violation(at, `saw version ${result.profile!.version}, which was not the one at that time`);
    this.punctuality.saw({ id: result.profile!.id, periodMs: profile.periodMs }, at);
    const suspended = result.decisions!.some(({ reason }) => reason === 'suspended');
    const seen: Balance = { cents: centsOf(result.availableBalance!), suspended };
    if (!wasTrue(this.truth, this.facts.clientId, seen, from, at))
      this.violation(
        at,
        `saw ${result.availableBalance}${suspended ? ' suspended' : ''}, which it never was at that time`,
      );
    const standsFor = result.instant ?? begunAt;
    if (standsFor > heardAt + slackMs)
      this.violation(at, `stands for ${instant(standsFor)}, which is yet to come`);
    const send = this.decide(at, standsFor, result, seen, profile);
    this.startsAgain = false;
    // Rule 7: refilled while it was checked, it is checked again at once.
    const disturbed = this.refilledAt >= begunAt - slackMs;
    if (send.length > 0) this.due = { rules: send, standsFor, at, disturbed, knownRefillAt };
  }

  /** Rules 1, 3, 13, 15, 17: what each rule must have decided by what was seen. Answers those that send. */
  private decide(
    at: number,
    standsFor: number,
    result: CheckedResult,
    seen: Balance,
    profile: ProfileTruth,
  ): readonly string[] {
    const thresholds: Record<string, number> = { user: profile.userCents, client: profile.clientCents };
    const sending: string[] = [];
    for (const [rule, threshold] of Object.entries(thresholds)) {
      this.tally.decisions += 1;
      const count = this.countOf(rule);
      let expected = 'low';
      if (seen.suspended) expected = 'suspended';
      else if (seen.cents >= threshold) expected = 'not-low';
      else if (count >= profile.maxQty) expected = 'max-qty-reached';
      else if (count > 0 && standsFor < this.toldFor.get(rule)! + profile.periodMs)
        expected = 'told-recently';
      // The user rule has a manager e-mail, the client rule a billing e-mail: both always reach somebody.
      const decided = result.decisions!.find((each) => each.rule === rule);
      // Rule 25: what the workflow before has checked for is not decided again, and what it did not send may be.
      const again = this.startsAgain && expected === 'low' && decided?.reason === 'told-recently';
      if (decided?.reason !== expected && !again) {
        this.violation(
          at,
          `${rule} with ${seen.cents} of ${threshold} and ${count} of ${profile.maxQty}: expected ${expected}, found ${decided?.reason}`,
        );
      }
      if (decided?.decision === 'send') sending.push(rule);
    }
    return sending;
  }

  private telling(at: number, { checkAt, deadlineAt, rules }: TellingInput): void {
    this.tally.notices += 1;
    const keys = rules.map(({ key }) => key).sort();
    if (keys.join() !== [...(this.due?.rules ?? [])].sort().join())
      this.violation(
        at,
        `tells ${keys.join(', ')}, and ${this.due?.rules.join(', ') ?? 'nothing'} decided to send`,
      );
    const standsFor = this.due?.standsFor ?? checkAt;
    this.due = undefined;
    this.open = {
      checkAt,
      scheduledAt: at,
      deadlineAt,
      rules: keys,
      standsFor,
      disturbed: false,
      refilled: false,
    };
  }

  private told(at: number, checkAt: number, { accepted, failed }: ToldResult): void {
    if (this.open?.checkAt !== checkAt) return;
    const { open } = this;
    this.open = undefined;
    this.punctuality.countFrom(at);
    if (open.refilled) this.punctuality.mustRecheck(at);
    for (const rule of open.rules) {
      const times = accepted.filter(({ rules }) => rules.includes(rule)).map((each) => each.at);
      if (times.length === 0) {
        this.givenUp(rule, open, at, failed.length > 0);
        continue;
      }
      this.tally.accepted += 1;
      const first = Math.min(...times);
      if (first < checkAt - slackMs || first > at + slackMs)
        this.violation(at, `${rule} of ${instant(checkAt)} is dated ${instant(first)}`);
      this.accepted.set(rule, [...(this.accepted.get(rule) ?? []), first]);
      this.toldFor.set(rule, open.standsFor);
    }
  }

  /** Rules 4, 7, 13: a notice is given up only because of what came meanwhile, or where no attempt is left before the next check. */
  private givenUp(rule: string, open: Open, at: number, refused: boolean): void {
    const { clientId } = this.facts;
    const overtaken = open.disturbed || wasOutOfService(this.truth, clientId, open.scheduledAt, at);
    const nextRetryMs =
      awayMs(this.truth, open.scheduledAt, at) > 0
        ? lateMs
        : Math.max(firstRetryMs, 2 * (at - open.scheduledAt));
    const hadMs =
      open.deadlineAt - open.scheduledAt - starvedMs(this.truth, open.scheduledAt, open.deadlineAt);
    const hindered = hadMs < noticeMs || wasHindered(this.truth, clientId, open.scheduledAt, at);
    const late = hindered && open.deadlineAt - at <= nextRetryMs;
    if (overtaken) this.tally.overtaken += 1;
    else if (late) this.tally.late += 1;
    if (refused || (!overtaken && !late))
      this.violation(
        at,
        `${rule} of ${instant(open.checkAt)} was not accepted, and given up ${((open.deadlineAt - at) / 1_000).toFixed(1)} s before its deadline`,
      );
  }

  private countOf(rule: string): number {
    return (this.accepted.get(rule) ?? []).filter((at) => at >= this.lastRefillAt).length;
  }

  private endsWell(): void {
    const { counts, clientId, steps } = this.facts;
    const { closed, stormEndedAt } = this.truth;
    if (steps.length === 0) return this.violation(Date.now(), 'it was never watched');
    if (closed.has(clientId)) {
      if (!this.ended) this.violation(Date.now(), 'it is closed, and still watched');
      return;
    }
    if (this.ended || !counts) return this.violation(Date.now(), 'it is not watched');
    if (stormEndedAt !== undefined && (this.punctuality.lastCheckAt ?? 0) < stormEndedAt)
      this.violation(Date.now(), 'it was not checked again after the last fault');
    if (this.open || this.due) return;
    for (const rule of ['user', 'client']) {
      const expected = this.countOf(rule);
      if ((counts[rule] ?? 0) !== expected)
        this.violation(Date.now(), `${rule} counts ${counts[rule] ?? 0} at the end, expected ${expected}`);
    }
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
