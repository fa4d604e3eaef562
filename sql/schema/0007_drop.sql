ALTER TABLE batch_items DROP CONSTRAINT batch_items_outcome_check;
UPDATE batch_items SET outcome = 'wished' WHERE outcome = 'requested';
ALTER TABLE batch_items
ADD CONSTRAINT batch_items_outcome_check CHECK (outcome IN ('wished', 'fresh', 'known', 'refused'));
ALTER TABLE chart_dates RENAME COLUMN requested_at TO asked_at;
ALTER TABLE saved_views RENAME CONSTRAINT saved_views_url_check TO saved_views_address_check;
ALTER TABLE saved_views RENAME COLUMN url TO address;
