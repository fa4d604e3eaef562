-- The rows that a merge moves from the loser to the winner, by table: all rows, those that meet a row of the
-- winner's, and those that differ from it.
SELECT
    'track_audience_time_series' AS name,
    count(*) AS moved,
    count(kept.date) AS met,
    count(*) FILTER (WHERE kept.audience_value <> lost.audience_value) AS differing
FROM track_audience_time_series AS lost
LEFT JOIN track_audience_time_series AS kept
    ON kept.platform_id = :winner AND kept.track_id = lost.track_id AND kept.date = lost.date
WHERE lost.platform_id = :loser
UNION ALL
SELECT 'audience_revisions', count(*), 0, 0
FROM audience_revisions
WHERE platform_id = :loser
UNION ALL
SELECT 'audience_states', count(*), count(kept.track_id), 0
FROM audience_states AS lost
LEFT JOIN audience_states AS kept ON kept.platform_id = :winner AND kept.track_id = lost.track_id
WHERE lost.platform_id = :loser
UNION ALL
SELECT
    'track_identifiers',
    count(*),
    count(kept.identifier),
    count(*) FILTER (WHERE kept.track_id <> lost.track_id)
FROM track_identifiers AS lost
LEFT JOIN track_identifiers AS kept ON kept.platform_id = :winner AND kept.identifier = lost.identifier
WHERE lost.platform_id = :loser
UNION ALL
SELECT 'charts', count(*), 0, 0
FROM charts
WHERE platform_id = :loser
UNION ALL
SELECT 'chart_ranking_entries', count(*), 0, 0
FROM chart_ranking_entries
WHERE platform_id = :loser
UNION ALL
SELECT 'batch_items', count(*), 0, 0
FROM batch_items
WHERE platform_id = :loser
UNION ALL
SELECT 'platform_aliases', count(*), 0, 0
FROM platform_aliases
WHERE platform_id = :loser
UNION ALL
SELECT 'platform_distinctions', count(*), count(*) FILTER (WHERE :winner IN (platform_id, other_id)), 0
FROM platform_distinctions
WHERE :loser IN (platform_id, other_id);
