import type { Connection } from '@temporalio/client';
import { searchAttributes as written } from '../workflows/search-attributes.js';

/** The names of the search attributes of clients' workflows: all of type Keyword. */
export const searchAttributes: readonly string[] = Object.keys(written);

const keyword = 2;
const grpcUnimplemented = 12;

/**
 * Those that the namespace lacks: without them every task of a client's workflow is retried for ever. Undefined where
 * Temporal keeps no list of them, as its test server does. Throws an Error where one is there with another type.
 */
export async function missingSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<readonly string[] | undefined> {
  const known = await customAttributes(connection, namespace);
  if (known === undefined) return undefined;
  const wrong = searchAttributes.filter((name) => ![undefined, keyword].includes(known[name]));
  if (wrong.length > 0) {
    throw new Error(
      `search attributes of namespace ${namespace} with a type other than Keyword: ${wrong.join(', ')}. Expected Keyword: remove them, and run low-balance setup`,
    );
  }
  return searchAttributes.filter((name) => known[name] === undefined);
}

async function customAttributes(
  connection: Connection,
  namespace: string,
): Promise<Readonly<Record<string, number>> | undefined> {
  try {
    const list = await connection.operatorService.listSearchAttributes({ namespace });
    return list.customAttributes ?? {};
  } catch (error) {
    if ((error as { code?: unknown }).code === grpcUnimplemented) return undefined;
    throw error;
  }
}

/** Registers the search attributes that the namespace lacks; safe to repeat. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const missing = (await missingSearchAttributes(connection, namespace)) ?? searchAttributes;
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
  });
}
