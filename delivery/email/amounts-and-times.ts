/** Amounts and times as people of a language write them. */
export interface Formats {
  /** An exact decimal with its currency: never rounded to fewer digits than it has. */
  amount(decimal: string, currency: string): string;
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

function knownTimeZone(timeZone: string | null): string {
  if (timeZone === null) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
