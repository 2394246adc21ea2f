CREATE INDEX low_balance_last_call ON cdrs (accountid, callstart);
CREATE INDEX low_balance_last_payment ON payment_transaction (accountid, date);
