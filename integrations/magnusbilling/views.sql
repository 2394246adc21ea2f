-- Low-balance views over MagnusBilling 7 (database mbilling). Run as a user who may create views there; README.md says what is taken from where.

CREATE OR REPLACE VIEW billing_client AS
SELECT
  u.id AS client_id,
  COALESCE(NULLIF(u.company_name, ''), NULLIF(TRIM(CONCAT(COALESCE(u.firstname, ''), ' ', COALESCE(u.lastname, ''))), ''), u.username) AS name,
  -- Users of the administrator (id 1) have no reseller; those of an agent have the agent.
  NULLIF(u.id_user, 1) AS reseller_id,
  CAST(NULL AS CHAR(191)) AS profile_id,
  g.name AS client_group,
  (SELECT UPPER(TRIM(c.config_value)) FROM pkg_configuration c WHERE c.config_key = 'base_currency' LIMIT 1) AS currency,
  u.credit AS balance,
  -- The limit of a prepaid user is what was left from before it was prepaid: the switch does not look at it.
  IF(u.typepaid = 1, COALESCE(u.creditlimit, 0), 0) AS credit_limit,
  u.email AS billing_email,
  -- 2 waits for its registration, 3 is barred from calls to it and goes on spending, 4 from all calls.
  CASE WHEN u.active IN (1, 3) THEN 'active' WHEN u.active = 0 THEN 'closed' ELSE 'suspended' END AS status,
  IF(u.typepaid = 1, 0, 1) AS prepaid,
  u.language AS language,
  CAST(NULL AS CHAR(64)) AS time_zone,
  u.creationdate AS created_at,
  (SELECT MAX(r.starttime) FROM pkg_cdr r WHERE r.id_user = u.id) AS last_charge_at,
  (SELECT MAX(f.date) FROM pkg_refill f WHERE f.id_user = u.id AND f.credit > 0) AS last_refill_at,
  (SELECT f.credit FROM pkg_refill f WHERE f.id_user = u.id AND f.credit > 0 ORDER BY f.date DESC, f.id DESC LIMIT 1) AS last_refill_amount,
  -- -1 and 0: the user set none.
  IF(u.credit_notification > 0, u.credit_notification, NULL) AS own_threshold
FROM pkg_user u
JOIN pkg_group_user g ON g.id = u.id_group
WHERE g.id_user_type = 3;

CREATE OR REPLACE VIEW billing_reseller AS
SELECT u.id AS reseller_id, COALESCE(NULLIF(u.company_name, ''), u.username) AS name, u.email AS manager_email
FROM pkg_user u
JOIN pkg_group_user g ON g.id = u.id_group
WHERE g.id_user_type = 2;

CREATE OR REPLACE VIEW billing_user AS
SELECT u.username AS login, CAST(NULL AS CHAR(64)) AS reseller_id, u.email AS email
FROM pkg_user u
JOIN pkg_group_user g ON g.id = u.id_group
WHERE g.id_user_type = 1;

-- Balances are kept in the base currency, so that no rate is needed where profiles are in it.
CREATE OR REPLACE VIEW billing_exchange_rate AS
SELECT CAST('USD' AS CHAR(3)) AS from_currency, CAST('USD' AS CHAR(3)) AS to_currency, CAST(1 AS DECIMAL(24,12)) AS rate
FROM DUAL WHERE FALSE;

CREATE OR REPLACE VIEW billing_entry AS
SELECT r.id_user AS client_id, r.starttime AS at, 'charge' AS kind, r.sessionbill AS amount FROM pkg_cdr r
UNION ALL
SELECT f.id_user, f.date, IF(f.credit > 0, 'refill', 'adjustment'), f.credit FROM pkg_refill f;
