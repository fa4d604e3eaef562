-- The ranking set aside for a date, if it has entries.
SELECT ranked_at, entries, refused_rows, received_at
FROM chart_rankings_set_aside
WHERE chart_id = :chart_id AND ranked_on = :ranked_on AND entry_count > 0;
