import { MailError } from '../message.js';

/** Holds all mails back while SendGrid refuses us or asks for a pause. */
export interface SendGridGate {
  /** Why nothing may be sent now; undefined where it may. */
  refusal(): MailError | undefined;
  /** Lets one mail pass; throws MailError where nothing may be sent now. */
  enter(): void;
  noteAccepted(): void;
  noteFailure(failure: MailError): void;
}

export interface SendGridGateOptions {
  /** Called once when SendGrid begins to refuse us, or accepts nothing for a while, and not again until it accepted a mail. */
  readonly onAlarm?: ((message: string) => void) | undefined;
  /** Called when sending works again after an alarm. */
  readonly onAlarmOver?: ((message: string) => void) | undefined;
  /** How often one mail tries whether SendGrid still refuses us; 60,000 when unsaid. */
  readonly probeEveryMs?: number | undefined;
  /** For how long SendGrid may be away before it is an alarm; 300,000 when unsaid. */
  readonly awayMs?: number | undefined;
}

/**
 * - A 401 or 403 shuts the gate for everybody and raises one alarm: it would be the same for each mail. One mail a minute
 *   passes to try again; any answer that does not refuse us opens the gate.
 * - A 429 keeps everybody out until the time that it names.
 * - Where SendGrid is away everybody goes on trying, each with its own pauses; one alarm tells of it.
 */
export function createSendGridGate({
  onAlarm = () => {},
  onAlarmOver = () => {},
  probeEveryMs = 60_000,
  awayMs = 300_000,
}: SendGridGateOptions): SendGridGate {
  let shut: { readonly message: string; probeAt: number } | undefined;
  let pausedUntil = 0;
  let awaySince: number | undefined;
  let alarmed = false;

  function refusal(): MailError | undefined {
    const now = Date.now();
    if (now < pausedUntil) {
      return new MailError('rate-limited', 'not tried: SendGrid asked for a pause', {
        retryAfterMs: pausedUntil - now,
      });
    }
    if (!shut || now >= shut.probeAt) return undefined;
    return new MailError('unauthorized', `not tried: ${shut.message}`, { retryAfterMs: shut.probeAt - now });
  }

  function alarm(message: string): void {
    if (!alarmed) onAlarm(message);
    alarmed = true;
  }

  /** SendGrid takes our mails, whatever it thinks of one. */
  function open(): void {
    shut = undefined;
    awaySince = undefined;
    if (alarmed) onAlarmOver('SendGrid accepts mails again');
    alarmed = false;
  }

  return {
    refusal,
    enter() {
      const refused = refusal();
      if (refused) throw refused;
      if (shut) shut.probeAt = Date.now() + probeEveryMs;
    },
    noteAccepted: open,
    noteFailure({ kind, message, retryAfterMs = 0 }) {
      const now = Date.now();
      switch (kind) {
        case 'unauthorized':
          shut = { message, probeAt: now + probeEveryMs };
          alarm(
            `No notice is sent: ${message}. Check SENDGRID_API_KEY, its permission "Mail Send" and the verified sender in MAIL_FROM. One mail every ${probeEveryMs / 1_000} s tries again`,
          );
          return;
        case 'rejected':
          open();
          return;
        case 'rate-limited':
          pausedUntil = Math.max(pausedUntil, now + retryAfterMs);
          return;
        case 'unavailable':
        case 'no-answer':
          awaySince ??= now;
          if (now - awaySince >= awayMs) {
            alarm(
              `No notice was accepted for ${Math.round((now - awaySince) / 1_000)} s: ${message}. Every notice is tried again until its client's next check`,
            );
          }
          return;
      }
    },
  };
}
