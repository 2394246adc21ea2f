CREATE INDEX low_balance_last_call ON BillableCalls (companyId, startTime, price);
CREATE INDEX low_balance_last_movement ON BalanceMovements (companyId, createdOn, amount);
