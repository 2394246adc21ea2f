import type { Ran } from './world.js';

/** What `plan` and `sync` print as JSON; only what tests look at. */
export interface PlanJson {
  readonly status?: string;
  readonly hash: string;
  readonly changes: readonly {
    readonly action: string;
    readonly profile: string;
    readonly renamedFrom?: string;
    readonly fields: readonly object[];
    readonly clients: Readonly<Record<string, unknown>>;
  }[];
  readonly drift: readonly { readonly profile: string; readonly kind: string; readonly resolution: string }[];
  readonly guards: readonly { readonly name: string; readonly ok: boolean }[];
  readonly needs?: readonly object[];
  readonly confirmCommand?: string;
}

export function json({ out }: Ran): PlanJson {
  return JSON.parse(out) as PlanJson;
}

/** Such as `update acme/a`. */
export function actionsOf(ran: Ran): readonly string[] {
  return json(ran).changes.map(({ action, profile }) => `${action} ${profile}`);
}
