-- Low-balance views over A2Billing 2 (database mya2billing). README.md says what is taken from where.

CREATE OR REPLACE VIEW billing_client AS
SELECT
  c.id AS client_id,
  COALESCE(NULLIF(c.company_name, ''), NULLIF(TRIM(CONCAT(c.firstname, ' ', c.lastname)), ''), c.username) AS name,
  NULLIF(g.id_agent, 0) AS reseller_id,
  CAST(NULL AS CHAR(191)) AS profile_id,
  g.name AS client_group,
  -- `currency` of a card is only what it is shown in: credit is kept in the base currency.
  (SELECT UPPER(TRIM(f.config_value)) FROM cc_config f WHERE f.config_key = 'base_currency' LIMIT 1) AS currency,
  c.credit AS balance,
  -- A prepaid card keeps the limit of the time when it was postpaid; the switch adds it for postpaid cards only.
  IF(c.typepaid = 1, COALESCE(c.creditlimit, 0), 0) AS credit_limit,
  COALESCE(NULLIF(c.email_notification, ''), c.email) AS billing_email,
  CASE WHEN c.status = 1 THEN 'active' WHEN c.status IN (0, 5) THEN 'closed' ELSE 'suspended' END AS status,
  IF(c.typepaid = 1, 0, 1) AS prepaid,
  c.language AS language,
  CAST(NULL AS CHAR(64)) AS time_zone,
  c.creationdate AS created_at,
  (SELECT MAX(r.starttime) FROM cc_call r WHERE r.card_id = c.id) AS last_charge_at,
  (SELECT MAX(l.date) FROM cc_logrefill l WHERE l.card_id = c.id AND l.credit > 0) AS last_refill_at,
  (SELECT l.credit FROM cc_logrefill l WHERE l.card_id = c.id AND l.credit > 0 ORDER BY l.date DESC, l.id DESC LIMIT 1) AS last_refill_amount,
  IF(c.notify_email = 1 AND c.credit_notification > 0, c.credit_notification, NULL) AS own_threshold
FROM cc_card c
LEFT JOIN cc_card_group g ON g.id = c.id_group;

CREATE OR REPLACE VIEW billing_reseller AS
SELECT a.id AS reseller_id, COALESCE(NULLIF(a.company, ''), a.login) AS name, a.email AS manager_email FROM cc_agent a;

CREATE OR REPLACE VIEW billing_user AS
SELECT a.login AS login, CAST(NULL AS CHAR(64)) AS reseller_id, a.email AS email FROM cc_ui_authen a WHERE a.email <> '';

-- `value` is what one unit of a currency is worth in the base currency; profiles in another currency need it the other way round.
CREATE OR REPLACE VIEW billing_exchange_rate AS
SELECT k.currency AS from_currency,
  (SELECT UPPER(TRIM(f.config_value)) FROM cc_config f WHERE f.config_key = 'base_currency' LIMIT 1) AS to_currency,
  k.value AS rate
FROM cc_currencies k WHERE k.value > 0;

CREATE OR REPLACE VIEW billing_entry AS
SELECT r.card_id AS client_id, r.starttime AS at, 'charge' AS kind, r.sessionbill AS amount FROM cc_call r
UNION ALL
SELECT l.card_id, l.date, IF(l.credit > 0, 'refill', 'adjustment'), l.credit FROM cc_logrefill l;
