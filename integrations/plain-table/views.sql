-- Low-balance views over one table of customers, as a CRM or a small biller has it. Rename the columns to yours.

CREATE OR REPLACE VIEW billing_client AS
SELECT
  c.id AS client_id,
  c.company AS name,
  c.account_manager_id AS reseller_id,
  CAST(NULL AS CHAR(191)) AS profile_id,
  c.segment AS client_group,
  c.currency AS currency,
  c.balance AS balance,
  COALESCE(c.credit_line, 0) AS credit_limit,
  c.emails AS billing_email,
  CASE WHEN c.closed_on IS NOT NULL THEN 'closed' WHEN c.on_hold = 1 THEN 'suspended' ELSE 'active' END AS status,
  IF(c.billing = 'prepaid', 1, 0) AS prepaid,
  c.locale AS language,
  c.tz AS time_zone,
  c.created_on AS created_at,
  c.last_usage_at AS last_charge_at,
  c.last_payment_at AS last_refill_at,
  c.last_payment_amount AS last_refill_amount,
  c.alert_at AS own_threshold
FROM customers c;

CREATE OR REPLACE VIEW billing_reseller AS
SELECT m.id AS reseller_id, m.name AS name, m.email AS manager_email FROM account_managers m;

CREATE OR REPLACE VIEW billing_user AS
SELECT m.login AS login, m.id AS reseller_id, m.email AS email FROM account_managers m WHERE m.login IS NOT NULL;

CREATE OR REPLACE VIEW billing_exchange_rate AS
SELECT r.base AS from_currency, r.quote AS to_currency, r.rate AS rate FROM fx_rates r;
