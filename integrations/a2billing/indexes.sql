-- Without these each read of a card scans the call records. The tables are MyISAM in many installations: the build locks them.
CREATE INDEX low_balance_last_call ON cc_call (card_id, starttime);
CREATE INDEX low_balance_last_refill ON cc_logrefill (card_id, date);
