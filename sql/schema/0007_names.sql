-- Names in the words of the rest of the system.
ALTER TABLE saved_views RENAME COLUMN address TO url;
ALTER TABLE saved_views RENAME CONSTRAINT saved_views_address_check TO saved_views_url_check;

ALTER TABLE chart_dates RENAME COLUMN asked_at TO requested_at;
COMMENT ON COLUMN chart_dates.requested_at IS
'when a back-fill last requested it: a date without a ranking is not requested by every sync';

COMMENT ON COLUMN batch_items.subject IS 'the subject of the request, in words';

-- outcome: requested (the run has the result), fresh or known (nothing to do), refused (reason in note).
ALTER TABLE batch_items DROP CONSTRAINT batch_items_outcome_check;
UPDATE batch_items SET outcome = 'requested' WHERE outcome = 'wished';
ALTER TABLE batch_items
ADD CONSTRAINT batch_items_outcome_check CHECK (outcome IN ('requested', 'fresh', 'known', 'refused'));
