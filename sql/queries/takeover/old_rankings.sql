-- Rankings of the Django system with their entries, read in its database: grouped by ranking, the newest response for
-- a chart and date last. A ranking without entries has one row, and so has an entry without a ranking.
SELECT
    rankings.id,
    rankings.chart_id,
    charts.ours AS our_chart,
    CASE
        WHEN isfinite(rankings.ranking_date)
        THEN to_char(rankings.ranking_date::timestamptz, 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
    END AS ranked_at,
    CASE WHEN isfinite(rankings.fetched_at) THEN rankings.fetched_at::timestamptz END AS fetched_at,
    to_jsonb(rankings) ->> 'total_entries' AS total,
    entries.id AS entry_id,
    entries.track_id,
    tracks.ours AS our_track,
    to_jsonb(entries) AS entry
FROM soundcharts_chartranking AS rankings
FULL JOIN soundcharts_chartrankingentry AS entries ON entries.ranking_id = rankings.id
LEFT JOIN unnest(%(old_charts)s::bigint[], %(charts)s::bigint[]) AS charts (theirs, ours)
    ON charts.theirs = rankings.chart_id
LEFT JOIN unnest(%(old_tracks)s::bigint[], %(tracks)s::bigint[]) AS tracks (theirs, ours)
    ON tracks.theirs = entries.track_id
ORDER BY charts.ours, rankings.ranking_date, rankings.fetched_at, rankings.id, entries.position, entries.id;
