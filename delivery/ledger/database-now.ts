/** SQL of the present, epoch milliseconds to the second: claims and reports are timed by the database, whose clock all workers share. */
export const databaseNow = 'UNIX_TIMESTAMP() * 1000';
