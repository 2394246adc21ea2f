import type { CheckedResult, Step } from '../../bench/chaos/model/histories.js';
import { billingEmailOf, managerEmail } from '../../bench/chaos/model/judge-recipients.js';
import {
  emptyTruth,
  type ClientRow,
  type FaultKind,
  type RuleTruth,
  type Truth,
} from '../../bench/chaos/model/truth.js';
import type { Arrival, LedgerNotice } from '../../bench/chaos/model/verdict.js';

// Pieces of one client's story, as the model of a chaos run reads it.

export const clientId = 'C-1';
export const periodMs = 60_000;
/** The first check. */
export const t0 = Date.parse('2026-11-24T09:00:00Z');

export const aRow: ClientRow = {
  cents: 4_000,
  creditCents: 0,
  ownCents: null,
  spendCents: null,
  lastRefillCents: null,
  suspended: false,
};

/** Below an amount in hundredths, unless `more` says otherwise. */
export function aRule(key: string, cents: number, more: Partial<RuleTruth> = {}): RuleTruth {
  return {
    key,
    threshold: { kind: 'amount', cents },
    when: 'below',
    recovered: false,
    notify: true,
    emails: [],
    webhooks: [],
    ...more,
  };
}

/** A client with 40.00, below both thresholds, whose profile allows two notices. */
export function aTruth(): Truth {
  const truth = emptyTruth();
  truth.profilesOf.set(clientId, [{ value: 'acme/p', from: t0 - 60_000, until: t0 - 60_000 }]);
  truth.profiles.set(
    'acme/p',
    new Map([
      [
        1,
        {
          periodMs,
          maxQty: 2,
          alreadyLow: 'tell',
          rules: [aRule('user', 8_000), aRule('client', 5_000)],
          from: t0 - 90_000,
          until: t0 - 90_000,
        },
      ],
    ]),
  );
  truth.rows.set(clientId, [{ value: aRow, from: t0 - 60_000, until: t0 - 60_000 }]);
  truth.refills.set(clientId, []);
  return truth;
}

export function aFault(kind: FaultKind, from: number, until = from): Truth {
  const truth = aTruth();
  truth.faults.push({ kind, from, until });
  return truth;
}

export function withVersion2(at: number, newPeriodMs = periodMs): Truth {
  const truth = aTruth();
  const versions = truth.profiles.get('acme/p')!;
  versions.set(2, { ...versions.get(1)!, periodMs: newPeriodMs, from: at, until: at });
  return truth;
}

export type Reason = 'low' | 'not-low' | 'max-qty-reached' | 'suspended' | 'told-recently';

export function checked(at: number, reason: Reason, changes: Partial<CheckedResult> = {}): Step {
  const decisions = ['user', 'client'].map((rule) => ({ rule, reason }));
  const profile = { id: 'acme/p', version: 1 };
  const result = { kind: 'checked', profile, availableBalance: '40', decisions, ...changes } as const;
  return { kind: 'checked', begunAt: at, from: at, at: at + 20, heardAt: at + 20, result };
}

export function telling(checkAt: number, rules: readonly string[] = ['user', 'client']): Step {
  const keys = rules.map((key) => ({ key }));
  const input = { checkAt, deadlineAt: checkAt + periodMs, rules: keys };
  return { kind: 'telling', at: checkAt + 20, input };
}

export function told(
  checkAt: number,
  rules: readonly string[] = ['user', 'client'],
  at = checkAt + 100,
): Step {
  const accepted = rules.map((rule) => ({ rules: [rule], at }));
  return { kind: 'told', at, checkAt, told: { accepted, failed: [] } };
}

/** Of whose notice, which check's, is the id: `user-0`. */
export function aMail(noticeId: string, receivedAt: number): Arrival {
  const to = noticeId.startsWith('user') ? managerEmail : billingEmailOf(clientId);
  return { noticeId, receivedAt, recipients: [to] };
}

/** The ledger's side of mails: a notice each, with one rule. */
export function noticesOf(arrivals: readonly Arrival[]): readonly LedgerNotice[] {
  const byId = new Map(arrivals.map((each) => [each.noticeId, each]));
  return [...byId.values()].map(({ noticeId: id, receivedAt, recipients }) => ({
    id,
    checkAt: receivedAt,
    channel: 'email',
    state: 'accepted',
    acceptedAt: receivedAt + 10,
    rules: [id.split('-')[0]!],
    recovered: [],
    recipients,
  }));
}

export const minute = (n: number) => t0 + n * periodMs;
export const started: Step = { kind: 'started', at: t0, runId: 'r', continued: false };
export const firstCheck: readonly Step[] = [checked(t0, 'low'), telling(t0), told(t0)];
export const secondCheck: readonly Step[] = [checked(minute(1), 'low'), telling(minute(1)), told(minute(1))];
export const third = checked(minute(2), 'max-qty-reached');
export const mailsOf = (n: number) =>
  Array.from({ length: n }, (_, i) =>
    ['user', 'client'].map((rule) => aMail(`${rule}-${i}`, minute(i) + 90)),
  ).flat();
