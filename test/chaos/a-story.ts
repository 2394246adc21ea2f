import type { CheckedResult, Step } from '../../bench/chaos/histories.js';
import { emptyTruth, type FaultKind, type Truth } from '../../bench/chaos/truth.js';
import type { StoredMail } from '../../delivery/mailbox/mailbox.js';

// Pieces of one client's story, as the model of a chaos run reads it.

export const clientId = 'C-1';
export const periodMs = 60_000;
/** The first check. */
export const t0 = Date.parse('2026-11-24T09:00:00Z');

/** A client with 40.00, below both thresholds, whose profile allows two notices. */
export function aTruth(): Truth {
  const truth = emptyTruth();
  truth.profileOf.set(clientId, 'acme/p');
  truth.profiles.set(
    'acme/p',
    new Map([
      [
        1,
        { periodMs, maxQty: 2, clientCents: 5_000, userCents: 8_000, from: t0 - 90_000, until: t0 - 90_000 },
      ],
    ]),
  );
  truth.balances.set(clientId, [
    { value: { cents: 4_000, suspended: false }, from: t0 - 60_000, until: t0 - 60_000 },
  ]);
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
  const decision = reason === 'low' ? 'send' : 'quiet';
  const decisions = ['user', 'client'].map((rule) => ({ rule, decision, reason }));
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

export function aMail(noticeId: string, receivedAt: number): StoredMail {
  return { noticeId, receivedAt, clientId } as StoredMail;
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
