import type { Branding, Message } from '../delivery/message.js';
import { sampleMail } from '../delivery/email/sample-mail.js';

// Mails that pictures are taken of: two resellers, and a client of a long name in each language.

export const acme: Branding = {
  name: 'Acme Carrier Services',
  logoUrl: 'https://acme.example/logo.png',
  color: '#d9822b',
  topUpUrl: 'https://portal.acme.example/top-up?client={clientId}',
  support: { email: 'support@acme.example', phone: '+1 555 0100' },
};
export const globex: Branding = {
  name: 'Globex Telecom',
  color: '#0b6e4f',
  topUpUrl: 'https://globex.example/pay/{clientId}',
  support: { url: 'https://globex.example/help' },
};

/** A client whose mails are shown. */
interface Reader {
  readonly language: string;
  readonly timeZone: string;
  readonly clientName: string;
  readonly currency: string;
}

const readers = {
  en: { timeZone: 'Europe/London', clientName: 'Foxglove Fax', currency: 'USD' },
  de: {
    timeZone: 'Europe/Vienna',
    clientName: 'Donaudampfschifffahrtsgesellschaft für Sprachdienste mbH & Co. KG',
    currency: 'EUR',
  },
  es: {
    timeZone: 'Europe/Madrid',
    clientName: 'Compañía Iberoamericana de Telecomunicaciones, S.A.',
    currency: 'EUR',
  },
  fr: {
    timeZone: 'Europe/Paris',
    clientName: 'Société Méditerranéenne des Télécommunications',
    currency: 'EUR',
  },
  it: { timeZone: 'Europe/Rome', clientName: 'Società Italiana Servizi Telefonici S.r.l.', currency: 'EUR' },
  pl: {
    timeZone: 'Europe/Warsaw',
    clientName: 'Przedsiębiorstwo Telekomunikacyjne „Wisła” sp. z o.o.',
    currency: 'PLN',
  },
  pt: { timeZone: 'America/Sao_Paulo', clientName: 'Telefonia Atlântica Ltda.', currency: 'BRL' },
  tr: {
    timeZone: 'Europe/Istanbul',
    clientName: 'Boğaziçi Telekomünikasyon Hizmetleri A.Ş.',
    currency: 'TRY',
  },
  uk: { timeZone: 'Europe/Kyiv', clientName: 'Степ Голос', currency: 'UAH' },
} as const satisfies Readonly<Record<string, Omit<Reader, 'language'>>>;

export type Language = keyof typeof readers;
export const languages = Object.keys(readers) as Language[];

export interface SampleOptions {
  readonly language: Language;
  readonly branding: Branding;
  readonly audience: Message['audience'];
}

export function mailOf({ language, branding, audience }: SampleOptions): Message {
  const { timeZone, clientName, currency } = readers[language];
  const resellerName = branding.name ?? '';
  const common = { thresholdCurrency: currency, convertedThreshold: null, maxQty: 3 };
  const rules = [
    {
      key: audience === 'staff' ? 'user' : 'client',
      threshold: audience === 'staff' ? '100' : '50',
      inactiveSince: null,
      reminder: 1,
      ...common,
    },
    ...(audience === 'client'
      ? [
          {
            key: 'advanced:dormant',
            threshold: '25',
            inactiveSince: Date.UTC(2026, 9, 20, 15, 30),
            reminder: 2,
            ...common,
          },
        ]
      : []),
  ];
  const low = { ...sampleMail.facts, clientName, resellerName, currency, availableBalance: '18.4', rules };
  const facts = { ...low, recovered: [] };
  return { ...sampleMail, audience, language, timeZone, branding, facts };
}
