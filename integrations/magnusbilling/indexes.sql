-- Without these each read of a client scans the call records. Build them at a quiet hour: pkg_cdr is large.
CREATE INDEX low_balance_last_call ON pkg_cdr (id_user, starttime);
CREATE INDEX low_balance_last_refill ON pkg_refill (id_user, date);
