import type { FieldChange } from '../domain/profile/profile-content.js';
import type { ChangeImpact } from './impact-sums.js';
import type { ProfileChange } from './profile-change.js';

export interface PlannedChange {
  readonly change: ProfileChange;
  readonly fields: readonly FieldChange[];
  readonly impact: ChangeImpact;
  /** Changed rules that no scenario expects to send, where that was looked for. */
  readonly uncovered?: readonly string[];
  /** Notices on the recorded balances of so many clients, by the content before and after, where they were played. */
  readonly backtest?: { readonly clients: number; readonly before: number; readonly after: number };
}
