-- A track's data on each platform: state, newest total, the gains of the newest whole day and of the 7 days to it, and the
-- current run. Included are platforms with song audience, or with any data of the track.
WITH known AS (
    SELECT DISTINCT platform_id
    FROM track_identifiers
    WHERE track_id = :track_id
)

SELECT
    platforms.id,
    platforms.slug,
    platforms.name,
    platforms.audience_metric_name AS metric_name,
    platforms.has_song_audience AS offered,
    coalesce(states.status, 'never') AS status,
    coalesce(states.error, '') AS error,
    states.looked_at,
    states.fetched_at,
    states.first_date,
    states.last_date,
    states.latest_value,
    coalesce(states.version, 0) AS version,
    platforms.updated_at,
    states.last_whole_date,
    newest.gain AS last_gain,
    newest.covers AS last_days,
    newest.caveat AS last_caveat,
    states.gain_7_days AS week_gain,
    states.gain_7_days_covers AS week_days,
    states.gain_7_days_caveat AS week_caveat,
    known.platform_id IS NOT NULL AS is_known,
    live.uuid AS live_run
FROM platforms
LEFT JOIN audience_states AS states ON states.platform_id = platforms.id AND states.track_id = :track_id
LEFT JOIN LATERAL audience_gain(
    :track_id, platforms.id, states.last_whole_date, states.last_whole_date, states.fell_on
) AS newest ON true
LEFT JOIN known ON known.platform_id = platforms.id
LEFT JOIN LATERAL (
    SELECT job_runs.uuid
    FROM job_runs
    WHERE job_runs.state IN ('queued', 'running')
        AND job_runs.dedupe_key IN (
            'audience:' || :track_id || ':' || platforms.id,
            'backfill:' || :track_id || ':' || platforms.id
        )
    ORDER BY job_runs.number
    LIMIT 1
) AS live ON true
WHERE (platforms.has_song_audience OR states.track_id IS NOT NULL OR known.platform_id IS NOT NULL)
    AND platforms.slug <> 'isrc'
ORDER BY states.last_date IS NULL, known.platform_id IS NULL, platforms.id;
