import { insist } from './insist.js';
import { billingEmailOf, managerEmail } from './model/judge-recipients.js';
import { timed, type ClientRow, type Truth } from './model/truth.js';
import type { Random } from './random.js';
import type { Servers } from './servers.js';

/** Where the billing data says none for a client, and that of the reseller where it is not known. */
export const resellerZone = 'Asia/Kathmandu';
const noSuchZone = 'Mars/Olympus';

/** The clients of a run in the billing data, and what was written of them. */
export class Fleet {
  constructor(
    private readonly servers: Servers,
    private readonly truth: Truth,
    readonly ids: readonly string[],
  ) {}

  /** `profiles`: their ids, which clients have in turns; `zoneOf`: the zone of a profile's clients, null where the data says none. */
  async prepare(
    profiles: readonly string[],
    zoneOf: (profileId: string) => string | null,
    random: Random,
  ): Promise<void> {
    const { truth } = this;
    const database = this.servers.database();
    await database.query('INSERT INTO billing_reseller VALUES (?, ?, ?)', ['acme', 'Acme', managerEmail]);
    const rows = this.ids.map((id, i) => {
      const profile = profiles[i % profiles.length]!;
      const row: ClientRow = {
        cents: random.between(1_000, 11_000),
        ...this.facts(random),
        lastRefillCents: random.next() < 0.5 ? null : random.between(100, 3_000),
        suspended: false,
      };
      const zone = zoneOf(profile);
      truth.zones.set(id, [...(zone === null ? [] : [zone]), resellerZone]);
      truth.refills.set(id, []);
      const now = Date.now();
      truth.rows.set(id, [{ value: row, from: now - 60_000, until: now }]);
      truth.profilesOf.set(id, [{ value: profile, from: now - 60_000, until: now }]);
      const name = id;
      return [id, name, 'acme', profile, 'USD', billingEmailOf(id), '2020-01-01', zone, ...valuesOf(row)];
    });
    await database.query(
      `INSERT INTO billing_client (client_id, name, reseller_id, profile_id, currency, billing_email, created_at, time_zone,
         balance, credit_limit, own_threshold, daily_spend, last_refill_amount, status) VALUES ?`,
      [rows],
    );
  }

  rowOf(clientId: string): ClientRow {
    return this.truth.rows.get(clientId)!.at(-1)!.value;
  }

  /** What thresholds are taken from (rule 16), some of it missing. */
  facts(random: Random): Pick<ClientRow, 'creditCents' | 'ownCents' | 'spendCents'> {
    return {
      creditCents: random.pick([0, 2_000, 5_000]),
      ownCents: random.next() < 0.4 ? null : random.between(30, 80) * 100,
      spendCents: random.pick([null, 0, 800, 1_500, 3_000]),
    };
  }

  /** `refilledAt`: of the billing system, epoch milliseconds. */
  async change(clientId: string, next: (was: ClientRow) => ClientRow, refilledAt?: number): Promise<void> {
    const history = this.truth.rows.get(clientId)!;
    const value = next(this.rowOf(clientId));
    const refilled =
      refilledAt === undefined ? null : new Date(refilledAt).toISOString().slice(0, 23).replace('T', ' ');
    const write = () =>
      this.servers.database().query(
        `UPDATE billing_client SET last_refill_at = IFNULL(?, last_refill_at), balance = ?, credit_limit = ?, own_threshold = ?,
           daily_spend = ?, last_refill_amount = ?, status = IF(status = 'closed', 'closed', ?) WHERE client_id = ?`,
        [refilled, ...valuesOf(value), clientId],
      );
    const { from, until } = await timed(() => insist(write));
    history.push({ value, from, until });
  }

  /** Gives a client another profile (rule 12). */
  async move(clientId: string, profileId: string): Promise<void> {
    const write = () =>
      this.servers
        .database()
        .query('UPDATE billing_client SET profile_id = ? WHERE client_id = ?', [profileId, clientId]);
    const { from, until } = await timed(() => insist(write));
    this.truth.profilesOf.get(clientId)!.push({ value: profileId, from, until });
  }

  async close(clientId: string): Promise<void> {
    this.truth.closed.add(clientId);
    await insist(() =>
      this.servers
        .database()
        .query("UPDATE billing_client SET status = 'closed' WHERE client_id = ?", [clientId]),
    );
  }
}

/** A zone for the clients of a profile: of their own, none, or one that nobody knows. */
export function drawZone(random: Random): string | null {
  return random.pick(['Europe/Vienna', 'Asia/Kolkata', 'America/St_Johns', null, noSuchZone]);
}

function valuesOf(row: ClientRow): readonly (string | null)[] {
  const { cents, creditCents, ownCents, spendCents, lastRefillCents, suspended } = row;
  const amounts = [cents, creditCents, ownCents, spendCents, lastRefillCents];
  return [
    ...amounts.map((each) => (each === null ? null : (each / 100).toFixed(2))),
    suspended ? 'suspended' : 'active',
  ];
}
