ALTER TABLE batch_items DROP CONSTRAINT batch_items_outcome_check;
UPDATE batch_items SET outcome = 'wished' WHERE outcome = 'requested';
ALTER TABLE batch_items
ADD CONSTRAINT batch_items_outcome_check CHECK (outcome IN ('wished', 'fresh', 'known', 'refused'));
COMMENT ON COLUMN batch_items.subject IS 'what was asked for, in words';
ALTER TABLE chart_dates RENAME COLUMN requested_at TO asked_at;
COMMENT ON COLUMN chart_dates.asked_at IS
'when a back-fill last wished for it: a date that gives nothing is not asked for at every sync';
ALTER TABLE saved_views RENAME CONSTRAINT saved_views_url_check TO saved_views_address_check;
ALTER TABLE saved_views RENAME COLUMN url TO address;
