import type { DataSource } from 'typeorm';
import { nearest } from '../../authoring/nearest.js';
import type { HoldScope } from '../../domain/brake.js';

/**
 * What speaks against a scope that somebody typed in haste; undefined where MySQL knows it. A platform's clients are of resellers
 * that only the billing data knows.
 */
export async function unknownScope(database: DataSource, scope: HoldScope): Promise<string | undefined> {
  if (scope.kind === 'all') return undefined;
  const [name, what, known] =
    scope.kind === 'profile'
      ? [scope.profileId, 'profile', await profilesOf(database)]
      : [scope.reseller, 'reseller', await resellersOf(database)];
  if (known === undefined || known.includes(name)) return undefined;
  const close = nearest(name, known);
  return `MySQL knows no ${what} "${name}"${close === undefined ? '' : `, perhaps "${close}" is meant`}`;
}

async function profilesOf(database: DataSource): Promise<readonly string[]> {
  const rows = await database.query<{ id: string }[]>('SELECT id FROM low_balance_profile');
  return rows.map(({ id }) => id);
}

/** Folders, and ids in the billing data; undefined where a platform's profiles are for resellers that nobody lists here. */
async function resellersOf(database: DataSource): Promise<readonly string[] | undefined> {
  const { createResellers } = await import('../../store/resellers.js');
  const { all } = await createResellers(database).current();
  if (all.some(({ content }) => content.platform === true)) return undefined;
  const rows = await database.query<{ reseller: string }[]>(
    'SELECT DISTINCT reseller FROM low_balance_profile',
  );
  return [
    ...rows.map(({ reseller }) => reseller),
    ...all.flatMap(({ reseller, content: { billingId } }) =>
      billingId ? [reseller, billingId] : [reseller],
    ),
  ];
}
