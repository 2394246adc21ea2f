/** A length of time as people write it: digits and a unit (s, m, h, d, w), combinable: `"90s"`, `"1d12h"`. */
export type Duration = string;

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof unitMs;

/** The longest duration the service accepts: ten years, in milliseconds. */
export const longestDurationMs = 3650 * unitMs.d;

/** What a `Duration` looks like; also the pattern in the schemas. */
export const durationPattern = /^(\d{1,9}[smhdw])+$/;

/** The milliseconds of a duration, or undefined where the text is invalid or longer than ten years. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  let ms = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)([smhdw])/g))
    ms += Number(digits) * unitMs[unit as Unit];
  return ms <= longestDurationMs ? ms : undefined;
}

/** The milliseconds of a duration; throws RangeError with what was expected where the text is invalid. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) {
    throw new RangeError(
      `"${text}" is not a duration: expected digits and s, m, h, d or w, such as "24h" or "1d12h", at most 3650d`,
    );
  }
  return ms;
}

/** The shortest usual spelling of a length of time: 129600000 gives `"1d12h"`; below a second, `"250ms"`; 0 gives `"0s"`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms > 0 && ms < 1_000) return `${Math.round(ms)}ms`;
  let rest = Math.round(ms / 1_000) * 1_000;
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / unitMs[unit]);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * unitMs[unit];
  }
  return parts.join('') || '0s';
}
