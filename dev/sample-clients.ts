/** A client of the sample billing data. Ages are days before the seeding. */
export interface SampleClient {
  readonly id: string;
  readonly name: string;
  readonly reseller: string;
  readonly profile: string | null;
  readonly currency: string;
  readonly balance: string;
  readonly creditLimit?: string;
  /** What it spends in a day. */
  readonly dailySpend?: string;
  /** The threshold that it set for itself. */
  readonly ownThreshold?: string;
  readonly email: string | null;
  readonly status?: 'active' | 'suspended' | 'closed';
  readonly language?: string;
  readonly timeZone?: string;
  readonly lastChargeDaysAgo: number | null;
}

interface Owner {
  readonly reseller: string;
  readonly profile: string;
  readonly currency: string;
}

const prepaidUsd: Owner = { reseller: 'acme', profile: 'acme/prepaid-usd', currency: 'USD' };
const wholesaleEur: Owner = { reseller: 'acme', profile: 'acme/wholesale-eur', currency: 'EUR' };
const runwayUsd: Owner = { reseller: 'acme', profile: 'acme/runway-usd', currency: 'USD' };
const retailUah: Owner = { reseller: 'globex', profile: 'globex/retail-uah', currency: 'UAH' };
const dormantUsd: Owner = { reseller: 'globex', profile: 'globex/dormant-usd', currency: 'USD' };

type Rest = Partial<Omit<SampleClient, 'id' | 'name' | 'balance' | 'reseller'>>;

function client(owner: Owner, id: string, name: string, balance: string, rest: Rest = {}): SampleClient {
  return {
    ...owner,
    id,
    name,
    balance,
    email: `billing@${id.toLowerCase()}.example`,
    lastChargeDaysAgo: 0.1,
    ...rest,
  };
}

/** Clients of two resellers in three currencies: most are well, some are low, and each kind of trouble is there once. */
export const sampleClients: readonly SampleClient[] = [
  client(prepaidUsd, 'C-1001', 'Northwind Telecom', '412.50'),
  client(prepaidUsd, 'C-1002', 'Blue Harbor VoIP', '96.10'),
  client(prepaidUsd, 'C-1003', 'Cedar Call Center', '48.75'),
  client(prepaidUsd, 'C-1004', 'Delta Dialers', '1250'),
  client(prepaidUsd, 'C-1005', 'Evergreen SIP', '74.20'),
  client(prepaidUsd, 'C-1006', 'Foxglove Fax', '12.34', { language: 'en-GB', timeZone: 'Europe/London' }),
  client(prepaidUsd, 'C-1007', 'Gulf Gateway', '-15.00', { creditLimit: '100' }),
  client(prepaidUsd, 'C-1008', 'Hilltop Hosting', '230'),
  client(prepaidUsd, 'C-1009', 'Iris & Sons <Trunks>', '88.88'),
  client(prepaidUsd, 'C-1010', 'Juniper Numbers', '30', { email: null }),
  client(prepaidUsd, 'C-1011', 'Kite Kiosk', '25', { status: 'suspended' }),
  client(prepaidUsd, 'C-1012', 'Lagoon Lines', '0', { status: 'closed' }),

  client(wholesaleEur, 'C-2001', 'Alpenruf GmbH', '1830.40', {
    language: 'de-AT',
    timeZone: 'Europe/Vienna',
  }),
  client(wholesaleEur, 'C-2002', 'Brückenfunk AG', '240.15', { language: 'de', timeZone: 'Europe/Berlin' }),
  client(wholesaleEur, 'C-2003', 'Côte Télécom', '515', { language: 'fr', timeZone: 'Europe/Paris' }),
  client(wholesaleEur, 'C-2004', 'Donauwelle IT', '99.99', { language: 'de', timeZone: 'Europe/Vienna' }),
  client(wholesaleEur, 'C-2005', 'Elbe Voice', '720', { language: 'de', timeZone: 'Europe/Berlin' }),
  client(wholesaleEur, 'C-2006', 'Fjord Carrier', '1100', { currency: 'USD', timeZone: 'Europe/Oslo' }),
  client(wholesaleEur, 'C-2007', 'Gotthard Netz', '450', {
    currency: 'CHF',
    language: 'de-CH',
    timeZone: 'Europe/Zurich',
  }),
  client(wholesaleEur, 'C-2008', 'Hanse Trunk', '130', { creditLimit: '500', language: 'de' }),

  client(runwayUsd, 'C-5001', 'Meridian Media', '900', { dailySpend: '40' }),
  client(runwayUsd, 'C-5002', 'Nimbus Notify', '900', { dailySpend: '410', timeZone: 'America/New_York' }),
  client(runwayUsd, 'C-5003', 'Orchard Outbound', '64', { dailySpend: '9.50', ownThreshold: '80' }),
  client(runwayUsd, 'C-5004', 'Pebble PBX', '35', { timeZone: 'Europe/London' }),

  client(retailUah, 'C-3001', 'Дніпро Зв’язок', '2450', { language: 'uk', timeZone: 'Europe/Kyiv' }),
  client(retailUah, 'C-3002', 'Карпати Телеком', '310.50', { language: 'uk', timeZone: 'Europe/Kyiv' }),
  client(retailUah, 'C-3003', 'Лев Дзвінки', '95', { language: 'uk', timeZone: 'Europe/Kyiv' }),
  client(retailUah, 'C-3004', 'Море Нет', '780', { language: 'uk', timeZone: 'Europe/Kyiv' }),
  client(retailUah, 'C-3005', 'Polissia Online', '150.25', { language: 'en', timeZone: 'Europe/Kyiv' }),
  client(retailUah, 'C-3006', 'Степ Голос', '18', {
    language: 'uk',
    timeZone: 'Europe/Kyiv',
    lastChargeDaysAgo: 45,
  }),
  client(retailUah, 'C-3007', 'Тиса Транк', '990', { language: 'uk', timeZone: 'Europe/Kyiv' }),

  client(dormantUsd, 'C-4001', 'Quiet Quarry', '4.20', { lastChargeDaysAgo: 60 }),
  client(dormantUsd, 'C-4002', 'Restful Routes', '3.10', { lastChargeDaysAgo: 2 }),
  client(dormantUsd, 'C-4003', 'Sleepy Switch', '64', { lastChargeDaysAgo: 90 }),
  client(dormantUsd, 'C-4004', 'Tranquil Trunks', '1.05', { lastChargeDaysAgo: null }),
  client(dormantUsd, 'C-4005', 'Unhurried Uplink', '18.40', { lastChargeDaysAgo: 33 }),
  { ...client(dormantUsd, 'C-4006', 'Vacant Voice', '7'), profile: null },
];

export const sampleResellers = [
  { id: 'acme', name: 'Acme Carrier Services', manager: 'manager@acme.example' },
  { id: 'globex', name: 'Globex Telecom', manager: 'manager@globex.example' },
] as const;

/** A login without a reseller is known to all of them. */
export const sampleUsers = [
  { login: 'j.doe', reseller: 'acme', email: 'j.doe@acme.example' },
  { login: 'a.smith', reseller: 'acme', email: 'a.smith@acme.example' },
  { login: 'o.koval', reseller: 'globex', email: 'o.koval@globex.example' },
  { login: 'noc', reseller: null, email: 'noc@carrier.example' },
] as const;

/** There is no rate from EUR to CHF: the client in CHF is `unknown`, and the page says why. */
export const sampleRates = [
  { from: 'EUR', to: 'USD', rate: '1.08' },
  { from: 'USD', to: 'EUR', rate: '0.925925925926' },
  { from: 'USD', to: 'UAH', rate: '41.35' },
  { from: 'UAH', to: 'USD', rate: '0.024183796856' },
] as const;
