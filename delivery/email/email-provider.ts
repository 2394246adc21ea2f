import type { Environment } from '../../settings/read-settings.js';
import type { Finding } from '../../domain/finding.js';
import type { Alarms, SenderHealth, SendOptions, Sent } from '../channel.js';
import type { DeliveryReport } from '../delivery-report.js';
import type { EmailAddress } from './email-address.js';

/** One e-mail as a provider gets it; each recipient gets its own copy, and nobody sees another's address. */
export interface Email {
  readonly from: EmailAddress;
  readonly replyTo?: EmailAddress;
  readonly recipients: readonly string[];
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** BCP 47, as the client's billing data has it. */
  readonly language: string | null;
  readonly audience: 'staff' | 'client';
  /** What the words were made of, for a provider's own templates. */
  readonly templateData: Readonly<Record<string, unknown>>;
  /** What every copy can be traced by. */
  readonly trace: {
    readonly noticeId: string;
    readonly clientId: string;
    readonly workflowId: string;
    readonly profileId: string;
  };
}

/** Sends e-mails. */
export interface EmailProvider {
  /** How many recipients one e-mail may have. */
  readonly recipientsAtOnce: number;
  /** Where a recipient ends these mails, in the provider's way to write it; absent where they cannot be ended. */
  readonly unsubscribeUrl?: string | undefined;
  /** Resolves when the provider accepted the e-mail; throws DeliveryError otherwise. */
  send(email: Email, options: SendOptions): Promise<Sent>;
  health(): SenderHealth;
}

/** A provider that its settings were read for. */
export interface ConfiguredEmailProvider {
  open(alarms: Alarms): EmailProvider;
  /** Opens another account by its key, with limits of its own. What only the service's account has, such as templates, it has not. */
  openAccount(key: string, alarms: Alarms): EmailProvider;
  /** Listens for the provider's reports; undefined where its settings ask for no receiver. */
  startReceiver(options: ReceiverOptions): Promise<Receiver> | undefined;
  /** What a doctor finds of it: can it be reached, does it know us. Changes nothing. */
  examine(): Promise<readonly Finding[]>;
  /**
   * What a doctor finds of a sender of a reseller: whether the account may send, and whether the provider has verified the address or its
   * domain, where the key may ask. `key`: of the reseller's own account; absent: the service's.
   */
  examineSender(sender: ExaminedSender): Promise<readonly Finding[]>;
}

export interface ExaminedSender {
  /** The folder. */
  readonly reseller: string;
  /** The address alone; absent where mails have the service's own sender. */
  readonly address?: string | undefined;
  readonly key?: string | undefined;
}

/** All that one provider brings: one folder, and one entry of `emailProviders`. */
export interface EmailProviderKit {
  /** As people call it. */
  readonly title: string;
  /** Reads its settings. Throws SettingsError. */
  configure(env: Environment): ConfiguredEmailProvider;
}

export interface ReceiverOptions {
  /** Takes note of the reports. Where it rejects, the provider is asked to send them again. */
  readonly record: (reports: readonly DeliveryReport[]) => Promise<void>;
  /** Hears how many events of a request could not be used, by the reason. They are not requested again. */
  readonly onPassedOver?: ((reasons: ReadonlyMap<string, number>) => void) | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface Receiver {
  readonly port: number;
  /** Finishes what it received. */
  stop(): Promise<void>;
}
