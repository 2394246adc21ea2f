import type { Alarms, SenderHealth } from '../channel.js';
import { DeliveryError } from '../delivery-error.js';

/** Holds all mails back while SendGrid refuses us or asks for a pause. */
export interface SendGridGate {
  /** Why nothing may be sent now; undefined where it may. */
  refusal(): DeliveryError | undefined;
  /** Lets one call pass; throws DeliveryError where nothing may be sent now. */
  enter(): Pass;
  /** How sending goes: for metrics. */
  health(): SenderHealth;
}

/** One call that the gate let pass: what SendGrid answered to it. */
export interface Pass {
  accepted(): void;
  failed(failure: DeliveryError): void;
}

export interface SendGridGateOptions extends Alarms {
  /** The name of the account in metrics; `sendgrid` by default. */
  readonly sender?: string | undefined;
  /** How often one mail tries whether SendGrid still refuses us; 60,000 by default. */
  readonly probeEveryMs?: number | undefined;
  /** For how long nothing may be accepted before it is an alarm; 300,000 by default. */
  readonly awayMs?: number | undefined;
  /** Milliseconds that never go back; the process's own by default. */
  readonly clock?: (() => number) | undefined;
}

/** Nobody passes but one mail at a time, at `probeAt`. */
interface Shut {
  readonly kind: 'unauthorized' | 'rate-limited';
  readonly message: string;
  /** Which call shut it: the answer to an older one says nothing of whether it may open. */
  readonly call: number;
  /** Everybody passes from then on. */
  readonly until: number;
  probeAt: number;
}

/** Failures without an acceptance in between. */
interface Streak {
  readonly since: number;
  lastAt: number;
  message: string;
}

/**
 * - A 401 or 403 shuts the gate for everybody and raises an alarm at once: it would be the same for each mail.
 * - A 429 shuts it until the time that it names, however far ahead.
 * - While it is shut one mail a minute passes to try again. An acceptance opens the gate; so does any answer that does not refuse us.
 * - Where SendGrid is away everybody goes on trying, each with its own pauses.
 * - Where every attempt of 5 minutes failed, whatever the cause, it is an alarm.
 */
export function createSendGridGate({
  sender = 'sendgrid',
  onAlarm = () => {},
  onAlarmOver = () => {},
  onWarning = () => {},
  probeEveryMs = 60_000,
  awayMs = 300_000,
  clock = () => performance.now(),
}: SendGridGateOptions): SendGridGate {
  let shut: Shut | undefined;
  let streak: Streak | undefined;
  let calls = 0;
  let alarmed: 'refused' | 'nothing-accepted' | undefined;
  /** Attempts come at least every 5 minutes while a notice waits; after a longer silence the failures are a new streak. */
  const longestGapMs = 3 * Math.max(awayMs, probeEveryMs);

  function refusal(): DeliveryError | undefined {
    const now = clock();
    if (!shut || now >= shut.until || now >= shut.probeAt) return undefined;
    alarmWhereNothingIsAccepted(now);
    return new DeliveryError(shut.kind, `not tried: ${shut.message}`, { retryAfterMs: shut.probeAt - now });
  }

  function alarm(cause: 'refused' | 'nothing-accepted', message: string): void {
    // A refusal asks for other action than an outage: it is said also where an outage was.
    if (alarmed === undefined || (alarmed === 'nothing-accepted' && cause === 'refused')) {
      alarmed = cause;
      onAlarm(message);
    }
  }

  function alarmWhereNothingIsAccepted(now: number): void {
    if (!streak || now - streak.since < awayMs) return;
    const seconds = Math.round((now - streak.since) / 1_000);
    alarm(
      'nothing-accepted',
      `No notice was accepted for ${seconds} s: ${streak.message}. Every notice is tried again until its client's next check`,
    );
  }

  function noteStreak(now: number, message: string): void {
    if (!streak || now - streak.lastAt > longestGapMs) streak = { since: now, lastAt: now, message };
    streak.lastAt = now;
    streak.message = message;
    alarmWhereNothingIsAccepted(now);
  }

  function failed(call: number, { kind, message, retryAfterMs = 0 }: DeliveryError): void {
    const now = clock();
    switch (kind) {
      case 'unauthorized':
        shut = { kind, message, call: calls, until: Number.POSITIVE_INFINITY, probeAt: now + probeEveryMs };
        alarm(
          'refused',
          `No notice is sent: ${message}. Check SENDGRID_API_KEY, its permission "Mail Send" and the verified sender in MAIL_FROM. One mail every ${probeEveryMs / 1_000} s tries again`,
        );
        break;
      case 'rate-limited':
        pause(call, now + retryAfterMs, message);
        break;
      case 'rejected':
        openAfter(call);
        break;
      case 'unavailable':
      case 'no-answer':
        break;
    }
    noteStreak(now, message);
  }

  /** Of two pauses that calls at the same time were asked for, the longer counts; of a probe's the newer. */
  function pause(call: number, until: number, message: string): void {
    if (shut?.kind === 'rate-limited' && call <= shut.call && shut.until >= until) return;
    const now = clock();
    if (until - now > probeEveryMs && shut?.kind !== 'rate-limited') {
      onWarning(
        `SendGrid asks for a pause of ${Math.round((until - now) / 1_000)} s: ${message}. One mail every ${probeEveryMs / 1_000} s tries again`,
      );
    }
    shut = {
      kind: 'rate-limited',
      message: 'SendGrid asked for a pause',
      call: calls,
      until,
      probeAt: Math.min(until, now + probeEveryMs),
    };
  }

  function openAfter(call: number): void {
    if (shut?.kind !== 'rate-limited' || call > shut.call) shut = undefined;
  }

  return {
    refusal,
    enter() {
      const refused = refusal();
      if (refused) throw refused;
      if (shut && clock() >= shut.until) shut = undefined;
      if (shut) shut.probeAt = clock() + probeEveryMs;
      calls += 1;
      const call = calls;
      return {
        accepted() {
          openAfter(call);
          streak = undefined;
          if (alarmed !== undefined) onAlarmOver('SendGrid accepts mails again');
          alarmed = undefined;
        },
        failed: (failure) => failed(call, failure),
      };
    },
    health() {
      const now = clock();
      return {
        sender,
        failingForMs: streak && now - streak.lastAt <= longestGapMs ? now - streak.since : 0,
        held: shut !== undefined && now < shut.until,
        alarmed: alarmed !== undefined,
      };
    },
  };
}
