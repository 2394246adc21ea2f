/** Amounts and times as people of a language write them. */
export interface Formats {
  /** An exact decimal with its currency: never rounded to fewer digits than it has. */
  amount(decimal: string, currency: string): string;
  /** Such as `20%`, of `20`. */
  percent(decimal: string): string;
  /** Such as `3 days` or `1.5 days`; hours where it is less than a day. */
  duration(ms: number): string;
  /** Epoch milliseconds, with the name of the time zone. */
  time(at: number): string;
}

/** `language` is a BCP 47 tag that Intl knows; an unknown time zone gives UTC. */
export function formatsOf(language: string, timeZone: string | null): Formats {
  const times = new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: knownTimeZone(timeZone),
    timeZoneName: 'short',
  });
  return {
    amount: (decimal, currency) => amountOf(language, decimal, currency),
    percent: (decimal) => percentOf(language, decimal),
    duration: (ms) => durationOf(language, ms),
    time: (at) => times.format(at),
  };
}

function amountOf(language: string, decimal: string, currency: string): string {
  const written = decimal.split('.')[1]?.length ?? 0;
  const options = { style: 'currency', currency } as const;
  const usual = new Intl.NumberFormat(language, options).resolvedOptions().maximumFractionDigits ?? 2;
  const format = new Intl.NumberFormat(language, {
    ...options,
    minimumFractionDigits: Math.min(usual, 20),
    maximumFractionDigits: Math.min(Math.max(usual, written), 20),
  });
  // Intl takes a decimal as text and keeps all its digits; only its type does not say so yet.
  return format.format(decimal as unknown as number);
}

/** Intl's percent of a decimal would be another decimal: the number is formatted, and the sign put where the language has it. */
function percentOf(language: string, decimal: string): string {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 20 });
  const pattern = new Intl.NumberFormat(language, { style: 'percent' }).formatToParts(1);
  return pattern
    .map(({ type, value }) => (type === 'integer' ? number.format(decimal as unknown as number) : value))
    .join('');
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function durationOf(language: string, ms: number): string {
  const [unit, count] = ms < dayMs ? (['hour', ms / hourMs] as const) : (['day', ms / dayMs] as const);
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  }).format(count < 10 ? Math.max(0.1, Math.floor(count * 10) / 10) : Math.floor(count));
}

function knownTimeZone(timeZone: string | null): string {
  if (timeZone === null) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
