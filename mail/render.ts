import type { NoticeMail } from './message.js';

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly language: string;
}

export interface Renderer {
  render(mail: NoticeMail): RenderedMail;
}

export function createRenderer(): Renderer {
  return {
    render({ facts }) {
      const subject = `Low balance: ${facts.clientName}`.replaceAll(/\s+/g, ' ');
      const text = `${facts.clientName} has ${facts.availableBalance} ${facts.currency}.\n`;
      const escaped = text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
      return { subject, text, html: `<p>${escaped}</p>`, language: 'en' };
    },
  };
}
