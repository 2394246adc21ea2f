/** Runs SQL. `?` takes a value, `(?)` a list. */
export interface Queryable {
  query<T>(sql: string, values?: unknown[]): Promise<T>;
}
