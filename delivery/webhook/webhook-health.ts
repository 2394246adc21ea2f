import type { Alarms, SenderHealth } from '../channel.js';

/** How calling goes, webhook by webhook: one receiver's fault is an alarm of its own. */
export interface WebhookHealth {
  accepted(webhook: string): void;
  /** The receiver was asked, and did not accept. */
  failed(webhook: string, reason: string): void;
  /** The receiver ended the webhook: it is called no more. */
  ended(webhook: string, reason: string): void;
  all(): readonly SenderHealth[];
}

/** So long nothing is accepted by a receiver before operators hear of it, milliseconds. */
const patienceMs = 600_000;

/** `now` in milliseconds; only its differences matter. */
export function createWebhookHealth(
  { onAlarm, onAlarmOver }: Alarms,
  now: () => number = () => performance.now(),
): WebhookHealth {
  const failing = new Map<string, { readonly since: number; alarmed: boolean }>();
  const seen = new Set<string>();
  return {
    accepted(webhook) {
      seen.add(webhook);
      if (failing.get(webhook)?.alarmed) onAlarmOver?.(`the webhook ${webhook} accepts notices again`);
      failing.delete(webhook);
    },
    failed(webhook, reason) {
      seen.add(webhook);
      const known = failing.get(webhook) ?? { since: now(), alarmed: false };
      failing.set(webhook, known);
      if (known.alarmed || now() - known.since < patienceMs) return;
      known.alarmed = true;
      onAlarm?.(`the webhook ${webhook} has accepted nothing for ten minutes: ${reason}`);
    },
    ended(webhook, reason) {
      seen.delete(webhook);
      failing.delete(webhook);
      onAlarm?.(
        `the webhook ${webhook} is stopped: ${reason}. An edit of its settings in reseller.json starts it again`,
      );
    },
    all: () =>
      [...seen].sort().map((webhook) => {
        const fault = failing.get(webhook);
        return {
          sender: webhook,
          failingForMs: fault ? now() - fault.since : 0,
          held: false,
          alarmed: fault?.alarmed ?? false,
        };
      }),
  };
}
