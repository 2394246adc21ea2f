import type { Message } from './message.js';
import type { ExcludedRecipient } from '../domain/notices.js';

/** A way to send messages. One folder and one entry of `Channels` each. */
export interface Channel {
  /** How many recipients one message may have; as many as there are where absent. */
  readonly recipientsAtOnce?: number;
  /** Resolves when the message was accepted; throws DeliveryError otherwise. */
  send(message: Message, options: SendOptions): Promise<Sent>;
  /** How sending goes, for each sender of the channel: for metrics. */
  health?(): readonly SenderHealth[];
}

/** The channels of a worker, by the name that a notice's channel has. */
export interface Channels {
  readonly email: Channel;
  /** Absent where no webhook can be called, as in some tests. */
  readonly webhook?: Channel;
}

export interface SendOptions {
  /** Once aborted no call is begun; one under way is still waited for, because it may have been accepted. */
  readonly signal: AbortSignal;
  /** How long the receiver may take to answer. */
  readonly timeoutMs: number;
}

export interface Sent {
  /** The receiver's id of the message. */
  readonly messageId: string;
  /** Recipients that were refused, and who are not notified; all others are. */
  readonly refused?: readonly ExcludedRecipient[];
}

/** How sending goes for one sender: an account of a provider, or one receiver. */
export interface SenderHealth {
  /** Such as the provider's name. */
  readonly sender: string;
  /** For how long every attempt has failed; 0 where the last one did not. */
  readonly failingForMs: number;
  /** Messages are held back: nobody is asked but by a probe. */
  readonly held: boolean;
  /** An alarm was raised and is not over. */
  readonly alarmed: boolean;
}

/** Hears of what operators must know of a sender. */
export interface Alarms {
  /** Called once when a sender is refused, or nothing is accepted for a while, and not again until a message was accepted. */
  readonly onAlarm?: ((message: string) => void) | undefined;
  /** Called when sending works again after an alarm. */
  readonly onAlarmOver?: ((message: string) => void) | undefined;
  /** Called when sending is paused for longer than usual. */
  readonly onWarning?: ((message: string) => void) | undefined;
}
