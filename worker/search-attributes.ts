import type { Connection } from '@temporalio/client';

/** The search attributes of client workflows: all of type Keyword. */
export const searchAttributes = ['LowBalanceProfile', 'LowBalanceReseller', 'LowBalanceState'] as const;

const keyword = 2;

/** Registers the search attributes that the namespace lacks; without them every task of a client's workflow is retried for ever. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(searchAttributes.map((name) => [name, keyword])),
  });
}
