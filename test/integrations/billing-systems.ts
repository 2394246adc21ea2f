/** A billing system in small: tables shaped as its own, filled with clients and call records. */
export interface BillingSystem {
  /** The folder in `integrations/`. */
  readonly name: string;
  /** Our own DDL, with the columns and types of the system that matter here. */
  readonly tables: readonly string[];
  /** Rows that do not depend on a client. */
  readonly rows: readonly string[];
  /** Table, perhaps with columns → rows of one client. */
  readonly fill: (client: number) => Readonly<Record<string, readonly (readonly unknown[])[]>>;
  /**
   * Each client by plain SQL over the tables: id, available balance, whether it is watched, its status, last refill and last charge as
   * DATETIME in UTC.
   */
  readonly truth: string;
}

/** One client, as plain SQL over the tables shows it. */
export interface TruthRow {
  readonly id: string | number;
  readonly available: string | number;
  readonly watched: string | number;
  readonly status: string;
  readonly refill: string | null;
  readonly charge: string | null;
}

/** Epoch milliseconds of a DATETIME in UTC. */
export function instantOf(text: string | null): number | null {
  return text === null ? null : Date.parse(`${text.replace(' ', 'T').slice(0, 19)}Z`);
}

/** Below 10, or below 30 and not charged for 30 days. */
export function idleOrLow({ available, charge }: TruthRow, now: number): boolean {
  const idle = now - instantOf(charge)! >= 30 * 86_400_000;
  return Number(available) < (idle ? 30 : 10);
}

const utc = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);
/** Balances from −10 to 89.75. */
const balanceOf = (i: number) => (i % 400) / 4 - 10;
const callsOf = (i: number) =>
  Array.from({ length: 5 }, (_, call) => utc(start + ((i * 7 + call * 13) % 300) * day));
const refillsOf = (i: number) =>
  i % 5 === 0 ? [] : [utc(start + ((i * 11) % 250) * day), utc(start + ((i * 3) % 100) * day)];

export const billingSystems: readonly BillingSystem[] = [
  {
    name: 'magnusbilling',
    tables: [
      'CREATE TABLE pkg_group_user (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL, id_user_type INT NOT NULL) CHARSET utf8',
      'CREATE TABLE pkg_configuration (id INT PRIMARY KEY, config_key VARCHAR(100) NULL, config_value VARCHAR(200) NULL) CHARSET utf8',
      `CREATE TABLE pkg_user (id INT PRIMARY KEY, id_user INT NULL, id_group INT NOT NULL, username VARCHAR(20) NOT NULL, firstname VARCHAR(50) NOT NULL DEFAULT '',
        lastname VARCHAR(50) NOT NULL DEFAULT '', company_name VARCHAR(100) NULL, email VARCHAR(100) NOT NULL DEFAULT '', language CHAR(5) DEFAULT 'en',
        active TINYINT(1) NULL, typepaid TINYINT(1) DEFAULT 0, credit DECIMAL(15,4) NULL, creditlimit INT NOT NULL DEFAULT 0,
        credit_notification INT NOT NULL DEFAULT 10, creationdate TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) CHARSET utf8`,
      'CREATE TABLE pkg_cdr (id BIGINT AUTO_INCREMENT PRIMARY KEY, id_user INT NOT NULL, starttime TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, sessionbill FLOAT NULL, KEY (id_user), KEY (starttime)) CHARSET utf8',
      'CREATE TABLE pkg_refill (id INT AUTO_INCREMENT PRIMARY KEY, id_user INT NOT NULL, date TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, credit DECIMAL(15,5) NOT NULL, payment TINYINT(1) DEFAULT 0, KEY (id_user)) CHARSET utf8',
    ],
    rows: [
      "INSERT INTO pkg_group_user VALUES (1, 'Administrator', 1), (2, 'Agent', 2), (3, 'Client', 3)",
      "INSERT INTO pkg_configuration VALUES (1, 'base_currency', 'usd')",
      "INSERT INTO pkg_user VALUES (1, 1, 1, 'root', '', '', '', 'root@carrier.example', 'en', 1, 0, 0, 0, 10, '0000-00-00'), (2, 1, 2, 'agent', '', '', 'Agent & Co', 'agent@carrier.example;second@carrier.example', 'en', 1, 0, 0, 0, -1, '2026-01-01')",
    ],
    fill: (i) => ({
      pkg_user: [
        [
          i + 100,
          i % 3 === 0 ? 2 : 1,
          3,
          `u${i}`,
          'Jo',
          `Doe ${i}`,
          i % 2 ? '' : `Company ${i}`,
          `u${i}@client.example`,
          'en',
          [1, 1, 1, 3, 0, 2, 4][i % 7],
          i % 10 === 9 ? 1 : 0,
          balanceOf(i),
          50,
          i % 4 === 0 ? 20 : -1,
          utc(start),
        ],
      ],
      'pkg_cdr (id_user, starttime, sessionbill)': callsOf(i).map((at) => [i + 100, at, 0.1]),
      'pkg_refill (id_user, date, credit, payment)': [
        ...refillsOf(i).map((at) => [i + 100, at, 25, 1]),
        [i + 100, utc(start + 400 * day), -3, 0],
      ],
    }),
    truth: `SELECT u.id, u.credit + IF(u.typepaid = 1, u.creditlimit, 0) AS available, u.typepaid = 0 AND u.active <> 0 AS watched,
      CASE u.active WHEN 1 THEN 'active' WHEN 3 THEN 'active' WHEN 0 THEN 'closed' ELSE 'suspended' END AS status,
      (SELECT MAX(date) FROM pkg_refill WHERE id_user = u.id AND credit > 0) AS refill, (SELECT MAX(starttime) FROM pkg_cdr WHERE id_user = u.id) AS charge
      FROM pkg_user u WHERE u.id_group = 3`,
  },
  {
    name: 'a2billing',
    tables: [
      'CREATE TABLE cc_config (id INT PRIMARY KEY, config_key VARCHAR(100) NOT NULL, config_value VARCHAR(300) NULL) ENGINE=MyISAM COLLATE utf8_bin',
      'CREATE TABLE cc_agent (id BIGINT PRIMARY KEY, login CHAR(20) NOT NULL, company VARCHAR(50) NULL, email CHAR(70) NULL) ENGINE=MyISAM COLLATE utf8_bin',
      'CREATE TABLE cc_ui_authen (userid BIGINT PRIMARY KEY, login CHAR(50) NOT NULL, email VARCHAR(70) NULL) ENGINE=MyISAM COLLATE utf8_bin',
      'CREATE TABLE cc_card_group (id INT PRIMARY KEY, name CHAR(30) NOT NULL, id_agent INT NULL) ENGINE=MyISAM COLLATE utf8_bin',
      'CREATE TABLE cc_currencies (id SMALLINT UNSIGNED PRIMARY KEY, currency CHAR(3) NOT NULL, value DECIMAL(12,5) UNSIGNED NOT NULL DEFAULT 0) ENGINE=MyISAM COLLATE utf8_bin',
      `CREATE TABLE cc_card (id BIGINT PRIMARY KEY, username VARCHAR(50) NOT NULL, firstname VARCHAR(50) NOT NULL, lastname VARCHAR(50) NOT NULL,
        company_name VARCHAR(50) NOT NULL, email VARCHAR(70) NOT NULL, email_notification VARCHAR(70) NOT NULL, currency CHAR(3) DEFAULT 'USD', language CHAR(5) DEFAULT 'en',
        status INT NOT NULL DEFAULT 1, typepaid INT DEFAULT 0, credit DECIMAL(15,5) NOT NULL DEFAULT 0, creditlimit INT DEFAULT 0, notify_email SMALLINT NOT NULL DEFAULT 0,
        credit_notification INT NOT NULL DEFAULT -1, id_group INT NOT NULL DEFAULT 1, creationdate TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, KEY (creationdate)) ENGINE=MyISAM COLLATE utf8_bin`,
      'CREATE TABLE cc_call (id BIGINT AUTO_INCREMENT PRIMARY KEY, card_id BIGINT NOT NULL, starttime TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, sessionbill FLOAT NULL, KEY (starttime)) ENGINE=MyISAM COLLATE utf8_bin',
      'CREATE TABLE cc_logrefill (id BIGINT AUTO_INCREMENT PRIMARY KEY, date TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, credit DECIMAL(15,5) NOT NULL, card_id BIGINT NOT NULL) ENGINE=MyISAM COLLATE utf8_bin',
    ],
    rows: [
      "INSERT INTO cc_config VALUES (1, 'base_currency', 'usd')",
      "INSERT INTO cc_agent VALUES (1, 'agent', 'Agent & Co', 'agent@carrier.example')",
      "INSERT INTO cc_card_group VALUES (1, 'DEFAULT', NULL), (2, 'WHOLESALE', 1)",
      "INSERT INTO cc_currencies VALUES (1, 'USD', 1), (2, 'EUR', 1.1)",
    ],
    fill: (i) => ({
      cc_card: [
        [
          i + 1,
          `card${i}`,
          'Jo',
          `Doe ${i}`,
          i % 2 ? '' : `Company ${i}`,
          `c${i}@client.example`,
          i % 4 ? '' : `n${i}@client.example`,
          'EUR',
          'en',
          [1, 1, 1, 0, 6, 5, 1][i % 7],
          i % 10 === 9 ? 1 : 0,
          balanceOf(i),
          50,
          1,
          i % 4 ? -1 : 20,
          1 + (i % 2),
          utc(start),
        ],
      ],
      'cc_call (card_id, starttime, sessionbill)': callsOf(i).map((at) => [i + 1, at, 0.1]),
      'cc_logrefill (card_id, date, credit)': refillsOf(i).map((at) => [i + 1, at, 25]),
    }),
    truth: `SELECT c.id, c.credit + IF(c.typepaid = 1, c.creditlimit, 0) AS available, c.typepaid = 0 AND c.status NOT IN (0, 5) AS watched,
      CASE WHEN c.status = 1 THEN 'active' WHEN c.status IN (0, 5) THEN 'closed' ELSE 'suspended' END AS status,
      (SELECT MAX(date) FROM cc_logrefill WHERE card_id = c.id) AS refill, (SELECT MAX(starttime) FROM cc_call WHERE card_id = c.id) AS charge FROM cc_card c`,
  },
  {
    name: 'astpp',
    tables: [
      'CREATE TABLE `system` (id INT PRIMARY KEY, name VARCHAR(48) NULL, value VARCHAR(1111) NULL, reseller_id INT NOT NULL) CHARSET utf8',
      'CREATE TABLE pricelists (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL DEFAULT "") CHARSET utf8',
      'CREATE TABLE currency (id INT PRIMARY KEY, currency VARCHAR(3) NOT NULL, currencyrate DECIMAL(10,3) NOT NULL) CHARSET utf8',
      `CREATE TABLE accounts (id INT PRIMARY KEY, number VARCHAR(20) NOT NULL, reseller_id INT NULL, pricelist_id INT NOT NULL, status TINYINT(1) NOT NULL DEFAULT 0,
        creation DATETIME NOT NULL DEFAULT '1000-01-01', credit_limit DECIMAL(20,5) NOT NULL DEFAULT 0, posttoexternal TINYINT(1) NOT NULL DEFAULT 0,
        balance DECIMAL(20,5) NOT NULL DEFAULT 0, first_name VARCHAR(40) NOT NULL, last_name VARCHAR(40) NOT NULL, company_name VARCHAR(40) NOT NULL,
        email VARCHAR(80) NOT NULL, notification_email VARCHAR(80) NOT NULL, type TINYINT(1) DEFAULT 0, deleted TINYINT(1) NOT NULL DEFAULT 0,
        notify_flag TINYINT(1) NOT NULL, notify_credit_limit DECIMAL(20,5) NOT NULL DEFAULT 0, KEY (number), KEY (reseller_id)) CHARSET utf8`,
      'CREATE TABLE cdrs (uniqueid VARCHAR(60) NOT NULL, accountid INT DEFAULT 0, callstart DATETIME NOT NULL, debit DECIMAL(20,6) NOT NULL, KEY (callstart)) CHARSET utf8',
      `CREATE TABLE payment_transaction (id INT AUTO_INCREMENT PRIMARY KEY, accountid INT NOT NULL, amount DECIMAL(20,5) NOT NULL, payment_method VARCHAR(20) NOT NULL,
        date TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP) CHARSET utf8`,
    ],
    rows: [
      "INSERT INTO `system` VALUES (1, 'base_currency', 'EUR', 2), (2, 'base_currency', 'USD', 0)",
      "INSERT INTO pricelists VALUES (1, 'default')",
      "INSERT INTO currency VALUES (1, 'USD', 1), (2, 'INR', 80)",
      "INSERT INTO accounts VALUES (1, 'admin', 0, 1, 0, '1000-01-01', 0, 0, 0, '', '', '', 'admin@carrier.example', '', -1, 0, 1, 0), (2, 'res', 0, 1, 0, '1000-01-01', 0, 0, 0, '', '', 'Reseller & Co', 'res@carrier.example', '', 1, 0, 1, 0)",
    ],
    fill: (i) => ({
      accounts: [
        [
          i + 100,
          `a${i}`,
          i % 3 === 0 ? 2 : 0,
          1,
          i % 6 === 5 ? 1 : 0,
          i % 2 ? utc(start) : '1000-01-01 00:00:00',
          50,
          i % 10 === 9 ? 1 : 0,
          balanceOf(i),
          'Jo',
          `Doe ${i}`,
          '',
          `a${i}@client.example`,
          i % 4 ? '' : `n${i}@client.example, m${i}@client.example`,
          0,
          i % 8 === 7 ? 1 : 0,
          i % 4 ? 1 : 0,
          20,
        ],
      ],
      cdrs: callsOf(i).map((at, call) => [`${i}-${call}`, i + 100, at, 0.1]),
      'payment_transaction (accountid, amount, payment_method, date)': [
        ...refillsOf(i).map((at) => [i + 100, 25, 'Paypal', at]),
        // A product that was paid out of the balance.
        [i + 100, 3, 'Account Balance', utc(start + 300 * day)],
      ],
    }),
    truth: `SELECT a.id, IF(a.posttoexternal = 1, a.credit_limit - a.balance, a.balance) AS available, a.posttoexternal = 0 AND a.deleted = 0 AS watched,
      IF(a.deleted = 1, 'closed', IF(a.status = 0, 'active', 'suspended')) AS status,
      (SELECT MAX(date) FROM payment_transaction WHERE accountid = a.id AND payment_method = 'Paypal') AS refill, (SELECT MAX(callstart) FROM cdrs WHERE accountid = a.id) AS charge
      FROM accounts a WHERE a.type = 0`,
  },
  {
    name: 'ivozprovider',
    tables: [
      'CREATE TABLE Currencies (id INT UNSIGNED PRIMARY KEY, iden VARCHAR(10) NOT NULL)',
      'CREATE TABLE Languages (id INT UNSIGNED PRIMARY KEY, iden VARCHAR(100) NOT NULL)',
      'CREATE TABLE Timezones (id INT UNSIGNED PRIMARY KEY, tz VARCHAR(255) NOT NULL)',
      'CREATE TABLE Brands (id INT UNSIGNED PRIMARY KEY, name VARCHAR(75) NOT NULL, currencyId INT UNSIGNED NULL)',
      'CREATE TABLE Administrators (id INT UNSIGNED PRIMARY KEY, username VARCHAR(65) NOT NULL, email VARCHAR(100) NOT NULL, active TINYINT(1) NOT NULL, brandId INT UNSIGNED NULL, companyId INT UNSIGNED NULL)',
      `CREATE TABLE Companies (id INT UNSIGNED PRIMARY KEY, brandId INT UNSIGNED NOT NULL, type VARCHAR(25) NOT NULL, name VARCHAR(80) NOT NULL,
        billingMethod VARCHAR(25) NOT NULL DEFAULT 'postpaid', balance DECIMAL(10,4) NULL DEFAULT 0, currencyId INT UNSIGNED NULL, languageId INT UNSIGNED NULL,
        defaultTimezoneId INT UNSIGNED NULL) COLLATE utf8mb3_unicode_ci`,
      'CREATE TABLE BalanceNotifications (id INT AUTO_INCREMENT PRIMARY KEY, companyId INT UNSIGNED NULL, toAddress VARCHAR(255) NULL, threshold DECIMAL(10,4) NULL, KEY (companyId)) COLLATE utf8mb3_unicode_ci',
      'CREATE TABLE BillableCalls (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, brandId INT UNSIGNED NULL, companyId INT UNSIGNED NULL, startTime DATETIME NOT NULL, price DECIMAL(20,4) NULL, KEY (startTime), KEY (brandId, companyId))',
      'CREATE TABLE BalanceMovements (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, companyId INT UNSIGNED NULL, amount DECIMAL(10,4) NULL, createdOn DATETIME NULL, KEY (companyId))',
    ],
    rows: [
      "INSERT INTO Currencies VALUES (1, 'USD')",
      "INSERT INTO Languages VALUES (1, 'es')",
      "INSERT INTO Timezones VALUES (1, 'Europe/Madrid')",
      "INSERT INTO Brands VALUES (1, 'Brand', 1)",
      "INSERT INTO Administrators VALUES (1, 'op', 'op@carrier.example', 1, 1, NULL)",
    ],
    fill: (i) => ({
      Companies: [
        [
          i + 1,
          1,
          'retail',
          `Company ${i}`,
          ['prepaid', 'prepaid', 'postpaid', 'pseudoprepaid'][i % 4],
          balanceOf(i),
          i % 2 ? 1 : null,
          1,
          1,
        ],
      ],
      'BalanceNotifications (companyId, toAddress, threshold)': [
        [i + 1, `n${i}@client.example`, 20],
        [i + 1, `m${i}@client.example`, 10],
      ],
      'BillableCalls (companyId, startTime, price)': callsOf(i).map((at) => [i + 1, at, 0.1]),
      'BalanceMovements (companyId, amount, createdOn)': refillsOf(i).map((at) => [i + 1, 25, at]),
    }),
    truth: `SELECT c.id, c.balance AS available, c.billingMethod = 'prepaid' AS watched, 'active' AS status,
      (SELECT MAX(createdOn) FROM BalanceMovements WHERE companyId = c.id) AS refill, (SELECT MAX(startTime) FROM BillableCalls WHERE companyId = c.id) AS charge FROM Companies c`,
  },
  {
    name: 'plain-table',
    tables: [
      'CREATE TABLE account_managers (id INT PRIMARY KEY, name VARCHAR(80), login VARCHAR(40), email VARCHAR(200))',
      'CREATE TABLE fx_rates (base CHAR(3), quote CHAR(3), rate DOUBLE)',
      `CREATE TABLE customers (id INT PRIMARY KEY, company VARCHAR(80), account_manager_id INT, segment VARCHAR(20), currency VARCHAR(3), balance DOUBLE, credit_line DOUBLE NULL,
        emails VARCHAR(300), closed_on DATE NULL, on_hold BIT(1), billing ENUM('prepaid','invoice'), locale VARCHAR(10), tz VARCHAR(40), created_on DATE,
        last_usage_at DATETIME NULL, last_payment_at DATETIME NULL, last_payment_amount DOUBLE NULL, alert_at DOUBLE NULL)`,
    ],
    rows: [
      "INSERT INTO account_managers VALUES (1, 'Kim', 'kim', 'kim@carrier.example')",
      "INSERT INTO fx_rates VALUES ('USD', 'EUR', 0.9)",
    ],
    fill: (i) => ({
      customers: [
        [
          i + 1,
          `Company ${i}`,
          1,
          'smb',
          'usd',
          balanceOf(i),
          i % 3 ? null : 5,
          `a${i}@client.example; b${i}@client.example`,
          i % 9 === 8 ? '2026-01-01' : null,
          i % 7 === 6 ? 1 : 0,
          i % 10 === 9 ? 'invoice' : 'prepaid',
          'en',
          'UTC',
          '2025-01-01',
          callsOf(i).sort().at(-1),
          refillsOf(i).sort().at(-1) ?? null,
          25,
          null,
        ],
      ],
    }),
    truth: `SELECT id, balance + COALESCE(credit_line, 0) AS available, billing = 'prepaid' AND closed_on IS NULL AS watched,
      IF(closed_on IS NOT NULL, 'closed', IF(on_hold = 1, 'suspended', 'active')) AS status, last_payment_at AS refill, last_usage_at AS charge FROM customers`,
  },
];
