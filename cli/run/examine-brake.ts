import { scopeText } from '../../domain/brake.js';
import { ok, warning, wrong, type Finding } from '../../domain/finding.js';
import type { BrakeState } from '../../store/brake-state.js';
import { counted, printable } from '../shared/printable.js';

/** Rule 23: whether notices are held, by the brake or by hand. */
export function brakeFindings({
  trippedAt,
  released,
  limit,
  counted: notified,
  held,
  holds,
}: BrakeState): readonly Finding[] {
  const figures = `${counted(notified, 'client')} notified of a low balance within an hour, of at most ${limit}`;
  const brake =
    trippedAt === null
      ? ok('brake', released ? `released until ${timeText(released.until)}` : figures)
      : wrong(
          'brake',
          `holds notices of ${counted(held, 'client')} since ${timeText(trippedAt)}: ${figures}. Look at the billing data, then: npx low-balance release --all --why "…"`,
        );
  return [
    brake,
    ...holds.map(({ scope, since, by, why }) =>
      warning(
        'hold',
        `notices of ${printable(scopeText(scope))} are held since ${timeText(since)} by ${printable(by)}: ${printable(why)}`,
      ),
    ),
  ];
}

function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
