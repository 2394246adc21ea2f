-- Least privilege for MySQL 8 and MariaDB 10.11. Replace the names, hosts and passwords; run as an administrator.
-- `low_balance` holds the service's own tables, `billing` the views of docs/billing-views.md.
-- In two steps: MySQL grants a right to a table only where the table is there.

-- Step 1, before the first `low-balance setup`.

-- Runs `low-balance setup`: the only one who may change tables.
CREATE USER IF NOT EXISTS 'lb_setup'@'%' IDENTIFIED BY 'change-me-1';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP, REFERENCES ON low_balance.* TO 'lb_setup'@'%';

-- Step 2, when `low-balance setup` has made the tables.

-- The worker (MYSQL_URL): reads profiles, keeps the ledger and the rows of watched clients.
CREATE USER IF NOT EXISTS 'lb_worker'@'%' IDENTIFIED BY 'change-me-2';
GRANT SELECT ON low_balance.low_balance_migration TO 'lb_worker'@'%';
GRANT SELECT ON low_balance.low_balance_profile TO 'lb_worker'@'%';
GRANT SELECT ON low_balance.low_balance_reseller_settings TO 'lb_worker'@'%';
GRANT SELECT, INSERT, UPDATE ON low_balance.low_balance_stopped_webhook TO 'lb_worker'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON low_balance.low_balance_worker_variable TO 'lb_worker'@'%';
GRANT SELECT, INSERT, UPDATE ON low_balance.low_balance_notice TO 'lb_worker'@'%';
GRANT SELECT, INSERT, UPDATE ON low_balance.low_balance_notice_recipient TO 'lb_worker'@'%';
GRANT SELECT, INSERT, UPDATE ON low_balance.low_balance_address TO 'lb_worker'@'%';
GRANT SELECT, INSERT, UPDATE ON low_balance.low_balance_watched_client TO 'lb_worker'@'%';
GRANT SELECT, UPDATE ON low_balance.low_balance_brake TO 'lb_worker'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON low_balance.low_balance_brake_client TO 'lb_worker'@'%';
GRANT SELECT ON low_balance.low_balance_hold TO 'lb_worker'@'%';

-- `low-balance sync`: writes profiles and their revisions, and reads the counters for its guards.
CREATE USER IF NOT EXISTS 'lb_sync'@'%' IDENTIFIED BY 'change-me-3';
GRANT SELECT ON low_balance.* TO 'lb_sync'@'%';
GRANT INSERT, UPDATE, DELETE ON low_balance.low_balance_profile TO 'lb_sync'@'%';
GRANT INSERT, UPDATE, DELETE ON low_balance.low_balance_reseller_settings TO 'lb_sync'@'%';
GRANT INSERT ON low_balance.low_balance_revision TO 'lb_sync'@'%';
GRANT DELETE ON low_balance.low_balance_stopped_webhook TO 'lb_sync'@'%';
GRANT UPDATE ON low_balance.low_balance_brake TO 'lb_sync'@'%';
GRANT UPDATE ON low_balance.low_balance_synced_commit TO 'lb_sync'@'%';

-- `low-balance hold`, `release` and `start-webhook`: puts holds on and ends them.
CREATE USER IF NOT EXISTS 'lb_operate'@'%' IDENTIFIED BY 'change-me-7';
GRANT SELECT ON low_balance.* TO 'lb_operate'@'%';
GRANT UPDATE ON low_balance.low_balance_brake TO 'lb_operate'@'%';
GRANT INSERT, UPDATE ON low_balance.low_balance_hold TO 'lb_operate'@'%';
GRANT DELETE ON low_balance.low_balance_stopped_webhook TO 'lb_operate'@'%';

-- `low-balance plan`, `list`, `explain`, `notices`: reads only.
CREATE USER IF NOT EXISTS 'lb_read'@'%' IDENTIFIED BY 'change-me-4';
GRANT SELECT ON low_balance.* TO 'lb_read'@'%';

-- docs/examples/forget-old-notices.sql: the only one who may delete from the ledger.
CREATE USER IF NOT EXISTS 'lb_forget'@'%' IDENTIFIED BY 'change-me-6';
GRANT SELECT, DELETE ON low_balance.low_balance_notice TO 'lb_forget'@'%';
GRANT SELECT, DELETE ON low_balance.low_balance_notice_recipient TO 'lb_forget'@'%';
GRANT SELECT, DELETE ON low_balance.low_balance_address TO 'lb_forget'@'%';

-- BILLING_MYSQL_URL, for everyone: reads the views and nothing else.
CREATE USER IF NOT EXISTS 'lb_billing'@'%' IDENTIFIED BY 'change-me-5';
GRANT SELECT ON billing.billing_client TO 'lb_billing'@'%';
GRANT SELECT ON billing.billing_reseller TO 'lb_billing'@'%';
GRANT SELECT ON billing.billing_user TO 'lb_billing'@'%';
GRANT SELECT ON billing.billing_exchange_rate TO 'lb_billing'@'%';
-- Optional, for `low-balance backtest`:
GRANT SELECT ON billing.billing_entry TO 'lb_billing'@'%';
