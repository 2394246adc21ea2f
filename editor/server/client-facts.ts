import { loadProfiles } from '../../authoring/load-profiles.js';
import type { ClientFacts } from './code-lenses.js';
import { runVerb } from './verb-process.js';

/** What MySQL knows of profiles, read in the background after each save. */
export interface KnownFacts {
  /** Undefined until it is known, and where MySQL is not reachable. */
  of(id: string): ClientFacts | undefined;
  /** Logins that the reseller's profiles name already. */
  usersOf(reseller: string): readonly string[];
  /** Reads again: at once, or as soon as what is being read now is known. */
  refresh(): void;
  stop(): void;
}

/** `changed` is called when there is something new to show. */
export function createClientFacts(cwd: string, changed: () => void): KnownFacts {
  let known: ReadonlyMap<string, ClientFacts> = new Map();
  let users: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  const stopped = new AbortController();
  let reading = false;
  let again = false;

  async function read(): Promise<void> {
    users = await loginsByReseller(cwd);
    const listed = await runVerb(['list', '--format', 'json'], cwd, stopped.signal);
    const { profiles } = JSON.parse(listed.out) as Listed;
    const online = profiles.some(({ clients }) => clients !== undefined);
    // Without MySQL a plan can say nothing either.
    const planned = online ? await runVerb(['plan', '--format', 'json'], cwd, stopped.signal) : undefined;
    const { changes = [] } = JSON.parse(planned?.out || '{}') as Planned;
    const impacts = new Map(changes.map(({ profile, clients }) => [profile, clients]));
    known = new Map(
      profiles.flatMap(({ id, clients, low = 0, exhausted = 0 }): readonly [string, ClientFacts][] => {
        if (clients === undefined) return [];
        const change = impacts.get(id);
        const impact = change && {
          assigned: change.assigned,
          toldNow: change.toldNow,
          newlyTold: change.newlyTold.length,
        };
        return [[id, { clients, low: low + exhausted, ...(impact ? { impact } : {}) }]];
      }),
    );
    changed();
  }

  function refresh(): void {
    again = reading;
    if (reading || stopped.signal.aborted) return;
    reading = true;
    read()
      .catch(() => {
        // Nothing is shown of clients where nothing can be read of them.
        known = new Map();
      })
      .finally(() => {
        reading = false;
        if (again) refresh();
      });
  }

  return {
    of: (id) => known.get(id),
    usersOf: (reseller) => [...(users.get(reseller) ?? [])].sort(),
    refresh,
    stop: () => stopped.abort(),
  };
}

async function loginsByReseller(cwd: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const logins = new Map<string, Set<string>>();
  for (const { content } of (await loadProfiles('profiles', cwd)).profiles) {
    const known = logins.get(content.reseller) ?? new Set();
    for (const login of content.userNotification?.users ?? []) known.add(login);
    logins.set(content.reseller, known);
  }
  return logins;
}

interface Listed {
  readonly profiles: readonly {
    readonly id: string;
    readonly clients?: number;
    readonly low?: number;
    readonly exhausted?: number;
  }[];
}

interface Planned {
  readonly changes?: readonly {
    readonly profile: string;
    readonly clients: {
      readonly assigned: number;
      readonly toldNow: number;
      readonly newlyTold: readonly string[];
    };
  }[];
}
