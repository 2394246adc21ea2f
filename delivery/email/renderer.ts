import type { Message } from '../message.js';
import type { MailExtras } from './mail-view.js';

/** The words of an e-mail. */
export interface RenderedMail {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The language that was found for the client, such as `de`. */
  readonly language: string;
}

/** Puts a message into words. */
export interface Renderer {
  render(message: Message, extras?: MailExtras): RenderedMail;
  /** What a provider's own template is filled with; the facts as they are where absent. */
  templateData?(message: Message): Readonly<Record<string, unknown>>;
}
