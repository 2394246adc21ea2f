-- Forgets notices that are older than 400 days, with the addresses that they told. Max Qty is counted by the workflows, so
-- that nobody is told again. For MySQL 8 and MariaDB 10.11, in the database of MYSQL_URL; run it daily, beside the workers.
SET @before = (UNIX_TIMESTAMP() - 400 * 86400) * 1000;
START TRANSACTION;
DELETE r FROM low_balance_notice_recipient r JOIN low_balance_notice n ON n.id = r.notice_id
  WHERE n.created_at < @before AND n.state <> 'pending';
DELETE FROM low_balance_notice WHERE created_at < @before AND state <> 'pending';
-- An address that mail does not reach stays known, so that a check can say so.
DELETE FROM low_balance_address WHERE event_at < @before AND unreached = 0;
COMMIT;
