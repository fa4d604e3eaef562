-- The scheduled work, to be counted in calls: the rankings that enabled charts fetch per day, by pages, the series
-- with how often they are due, and the metadata.
WITH followed AS (
    SELECT
        count(*) AS charts,
        sum(
            ranking_pages(coalesce(newest.entry_count, charts.max_entries))
            * chart_syncs_a_day(charts.sync_hours, charts.frequency)
        ) AS calls
    FROM charts
    LEFT JOIN chart_rankings AS newest
        ON newest.chart_id = charts.id AND newest.ranked_on = charts.last_ranked_on
    WHERE charts.sync_enabled
),

due AS MATERIALIZED (
    SELECT states.track_id, states.status
    FROM audience_states AS states
    JOIN platforms ON platforms.id = states.platform_id AND platforms.has_song_audience
    WHERE states.due_at IS NOT NULL
),

-- Once for each track, and not for each of its series.
followed_tracks AS MATERIALIZED (
    SELECT
        tracks.id,
        is_charting(tracks.id) OR is_kept_fresh(tracks.id) AS is_charting
    FROM (SELECT DISTINCT due.track_id FROM due) AS listed
    JOIN tracks ON tracks.id = listed.track_id AND tracks.with_audience
),

series AS (
    SELECT
        CASE
            WHEN due.status IN ('empty', 'absent', 'failed') THEN 'absent'
            WHEN followed_tracks.is_charting THEN 'charting'
            ELSE 'other'
        END AS kind
    FROM due
    JOIN followed_tracks ON followed_tracks.id = due.track_id
)

SELECT
    followed.charts,
    coalesce(followed.calls, 0) AS ranking_calls_a_day,
    (SELECT count(*) FROM series WHERE kind = 'charting') AS charting_series,
    (SELECT count(*) FROM series WHERE kind = 'other') AS other_series,
    (SELECT count(*) FROM series WHERE kind = 'absent') AS absent_series,
    (SELECT count(*) FROM tracks WHERE with_metadata AND metadata_due_at IS NOT NULL) AS tracks,
    (SELECT count(*) FROM artists WHERE metadata_due_at IS NOT NULL) AS artists
FROM followed;
