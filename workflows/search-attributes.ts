import { clientStateOf, type Watching } from '../domain/watching/watching.js';

/** What a client's workflow is found by; of type Keyword. */
interface SearchAttribute {
  /** Its value; undefined leaves it as it is. */
  readonly of: (watching: Watching) => string | undefined;
  /**
   * For an attribute that is newer than the first release: it is written together with the next change of those that were
   * there, and never by itself. So a worker of any release replays a run that another one began: where a command is issued has
   * not changed, only what it carries.
   */
  readonly joins?: true;
}

/** All search attributes of a client's workflow: workers register and write what stands here. */
export const searchAttributes = {
  LowBalanceProfile: { of: ({ known }) => known.checked?.profile.id },
  LowBalanceReseller: { of: ({ known }) => known.checked?.profile.reseller },
  // By the time of the last check: whether there is a command must not depend on the time before a local activity, which is
  // another at a replay where a query came meanwhile.
  LowBalanceState: { of: (watching) => clientStateOf(watching, watching.known.checkedAt ?? 0) },
  LowBalanceCurrency: { of: ({ known }) => known.checked?.currency, joins: true },
} satisfies Readonly<Record<`LowBalance${string}`, SearchAttribute>>;

/** Those that are to be written, where `shown` is what was written last. Each costs an event and a write: only what changed. */
export function changedAttributes(
  watching: Watching,
  shown: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const entries: readonly (readonly [string, SearchAttribute])[] = Object.entries(searchAttributes);
  const changed = entries.flatMap(([name, attribute]) => {
    const value = attribute.of(watching);
    return value === undefined || value === shown[name] ? [] : [{ name, value, attribute }];
  });
  if (changed.every(({ attribute }) => attribute.joins)) return {};
  return Object.fromEntries(changed.map(({ name, value }) => [name, value]));
}
