-- Low-balance views over ASTPP 4 to 6 (database astpp). README.md says what is taken from where.

CREATE OR REPLACE VIEW billing_client AS
SELECT
  a.id AS client_id,
  COALESCE(NULLIF(a.company_name, ''), NULLIF(TRIM(CONCAT(a.first_name, ' ', a.last_name)), ''), a.number) AS name,
  -- 0: a customer of the administrator.
  NULLIF(a.reseller_id, 0) AS reseller_id,
  CAST(NULL AS CHAR(191)) AS profile_id,
  p.name AS client_group,
  -- Balances are kept in the base currency; currency_id is what the account is shown in.
  (SELECT UPPER(TRIM(s.value)) FROM `system` s WHERE s.name = 'base_currency' ORDER BY s.reseller_id LIMIT 1) AS currency,
  -- The balance of a postpaid account is what it owes.
  IF(a.posttoexternal = 1, -a.balance, a.balance) AS balance,
  -- posttoexternal = 1 is postpaid. A prepaid account keeps the limit of before, and calls do not use it.
  IF(a.posttoexternal = 1, a.credit_limit, 0) AS credit_limit,
  COALESCE(NULLIF(a.notification_email, ''), a.email) AS billing_email,
  CASE WHEN a.deleted = 1 THEN 'closed' WHEN a.status = 0 THEN 'active' ELSE 'suspended' END AS status,
  IF(a.posttoexternal = 1, 0, 1) AS prepaid,
  CAST(NULL AS CHAR(16)) AS language,
  CAST(NULL AS CHAR(64)) AS time_zone,
  -- The default of the column stands for "not known".
  IF(a.creation < '1971-01-01', NULL, a.creation) AS created_at,
  (SELECT MAX(r.callstart) FROM cdrs r WHERE r.accountid = a.id) AS last_charge_at,
  (SELECT MAX(t.date) FROM payment_transaction t WHERE t.accountid = a.id AND t.amount > 0 AND t.payment_method <> 'Account Balance') AS last_refill_at,
  (SELECT t.amount FROM payment_transaction t WHERE t.accountid = a.id AND t.amount > 0 AND t.payment_method <> 'Account Balance' ORDER BY t.date DESC, t.id DESC LIMIT 1) AS last_refill_amount,
  -- notify_flag = 0: the account wants to be notified at notify_credit_limit.
  IF(a.notify_flag = 0 AND a.notify_credit_limit > 0, a.notify_credit_limit, NULL) AS own_threshold
FROM accounts a
LEFT JOIN pricelists p ON p.id = a.pricelist_id
WHERE a.type = 0;

CREATE OR REPLACE VIEW billing_reseller AS
SELECT a.id AS reseller_id, COALESCE(NULLIF(a.company_name, ''), a.number) AS name, a.email AS manager_email
FROM accounts a WHERE a.type = 1 AND a.deleted = 0;

CREATE OR REPLACE VIEW billing_user AS
SELECT a.number AS login, CAST(NULL AS CHAR(64)) AS reseller_id, a.email AS email FROM accounts a WHERE a.type = -1;

-- currencyrate: units of the currency for one unit of the base currency.
CREATE OR REPLACE VIEW billing_exchange_rate AS
SELECT k.currency AS from_currency,
  (SELECT UPPER(TRIM(s.value)) FROM `system` s WHERE s.name = 'base_currency' ORDER BY s.reseller_id LIMIT 1) AS to_currency,
  1 / k.currencyrate AS rate
FROM currency k WHERE k.currencyrate > 0;

CREATE OR REPLACE VIEW billing_entry AS
SELECT r.accountid AS client_id, r.callstart AS at, 'charge' AS kind, r.debit AS amount FROM cdrs r
UNION ALL
SELECT t.accountid, t.date, IF(t.amount > 0 AND t.payment_method <> 'Account Balance', 'refill', 'adjustment'),
  IF(t.payment_method = 'Account Balance', -t.amount, t.amount)
FROM payment_transaction t;
