// How the figures name the servers they were measured on: those that the environment gives, or the bench's own.

const { MYSQL_URL: mysqlUrl, TEMPORAL_ADDRESS: temporalAddress } = process.env;

/** What a server that was given takes, this machine may not know. */
export const isGiven = { mysql: Boolean(mysqlUrl), temporal: Boolean(temporalAddress) } as const;

export const benchMysql = isGiven.mysql
  ? 'a database of its own on the MySQL that was given'
  : 'private MariaDB on this machine';

export const benchTemporal = isGiven.temporal
  ? 'a namespace of its own on the Temporal that was given'
  : 'a fresh dev server in memory';
