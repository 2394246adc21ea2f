-- Low-balance views over IvozProvider 3 and 4 (database ivozprovider). README.md says what is taken from where.

CREATE OR REPLACE VIEW billing_client AS
SELECT
  c.id AS client_id,
  c.name AS name,
  c.brandId AS reseller_id,
  CAST(NULL AS CHAR(191)) AS profile_id,
  c.type AS client_group,
  COALESCE(k.iden, b.iden) AS currency,
  COALESCE(c.balance, 0) AS balance,
  0 AS credit_limit,
  (SELECT GROUP_CONCAT(DISTINCT n.toAddress SEPARATOR ';') FROM BalanceNotifications n WHERE n.companyId = c.id) AS billing_email,
  'active' AS status,
  IF(c.billingMethod = 'prepaid', 1, 0) AS prepaid,
  l.iden AS language,
  z.tz AS time_zone,
  CAST(NULL AS DATETIME) AS created_at,
  (SELECT MAX(r.startTime) FROM BillableCalls r WHERE r.companyId = c.id AND r.price > 0) AS last_charge_at,
  (SELECT MAX(m.createdOn) FROM BalanceMovements m WHERE m.companyId = c.id AND m.amount > 0) AS last_refill_at,
  (SELECT m.amount FROM BalanceMovements m WHERE m.companyId = c.id AND m.amount > 0 ORDER BY m.createdOn DESC, m.id DESC LIMIT 1) AS last_refill_amount,
  (SELECT MAX(n.threshold) FROM BalanceNotifications n WHERE n.companyId = c.id AND n.threshold > 0) AS own_threshold
FROM Companies c
JOIN Brands d ON d.id = c.brandId
LEFT JOIN Currencies k ON k.id = c.currencyId
LEFT JOIN Currencies b ON b.id = d.currencyId
LEFT JOIN Languages l ON l.id = c.languageId
LEFT JOIN Timezones z ON z.id = c.defaultTimezoneId;

CREATE OR REPLACE VIEW billing_reseller AS
SELECT d.id AS reseller_id, d.name AS name,
  (SELECT GROUP_CONCAT(DISTINCT a.email SEPARATOR ';') FROM Administrators a WHERE a.brandId = d.id AND a.companyId IS NULL AND a.active = 1 AND a.email <> '') AS manager_email
FROM Brands d;

CREATE OR REPLACE VIEW billing_user AS
SELECT a.username AS login, a.brandId AS reseller_id, a.email AS email FROM Administrators a WHERE a.companyId IS NULL AND a.active = 1 AND a.email <> '';

CREATE OR REPLACE VIEW billing_exchange_rate AS
SELECT CAST('EUR' AS CHAR(3)) AS from_currency, CAST('EUR' AS CHAR(3)) AS to_currency, CAST(1 AS DECIMAL(24,12)) AS rate
FROM DUAL WHERE FALSE;

CREATE OR REPLACE VIEW billing_entry AS
SELECT r.companyId AS client_id, r.startTime AS at, 'charge' AS kind, r.price AS amount FROM BillableCalls r WHERE r.price > 0
UNION ALL
SELECT m.companyId, m.createdOn, IF(m.amount > 0, 'refill', 'adjustment'), m.amount FROM BalanceMovements m;
