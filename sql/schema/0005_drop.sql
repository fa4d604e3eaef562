-- Drops the objects of revision 0005, and those that 0004_gains.sql and 0004_movements.sql create again.
ALTER TABLE audience_states DROP COLUMN fell_on, DROP COLUMN gain_7_days_covers, DROP COLUMN gain_7_days_caveat;
DROP FUNCTION audience_summary, audience_gain_and_before, audience_gain, audience_read_on, audience_catch_ups;
DROP FUNCTION counts_the_same, counted_identifiers, zero_day, begins_at_zero;
DROP FUNCTION ranking_movements;
ALTER TABLE chart_rankings DROP COLUMN is_whole;
