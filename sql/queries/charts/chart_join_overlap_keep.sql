-- Keeps the entries that a join drops, and that differ, as revisions. Its own statement: one that also deletes them might
-- not read those of a compressed chunk.
INSERT INTO chart_entry_revisions (
    chart_id, ranked_on, position, ordinal, track_id, previous_position, evolution, metric, entry_date,
    time_on_chart, time_on_chart_unit, revised_at
)
SELECT
    :winner, ranked_on, position, ordinal, track_id, previous_position, evolution, metric, entry_date,
    time_on_chart, time_on_chart_unit, now()
FROM chart_overlap_entries(:winner, :loser)
ORDER BY ranked_on, position, ordinal;
