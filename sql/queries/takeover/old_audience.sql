-- Audience of the Django system, read in its database: its rows with our ids and theirs, grouped by our series, the
-- newest response last. Values are text, so that one that no client type can hold is refused instead of failing.
SELECT
    old.id,
    old.track_id,
    old.platform_id,
    tracks.ours AS our_track,
    platforms.ours AS our_platform,
    old.date::text AS date,
    old.audience_value::text AS value,
    coalesce(old.platform_identifier::text, '') AS identifier,
    CASE WHEN isfinite(old.fetched_at) THEN old.fetched_at::timestamptz END AS fetched_at,
    coalesce(old.api_data::jsonb, '{}') AS api_data
FROM soundcharts_trackaudiencetimeseries AS old
LEFT JOIN unnest(%(old_tracks)s::bigint[], %(tracks)s::bigint[]) AS tracks (theirs, ours)
    ON tracks.theirs = old.track_id
LEFT JOIN unnest(%(old_platforms)s::bigint[], %(platforms)s::bigint[]) AS platforms (theirs, ours)
    ON platforms.theirs = old.platform_id
ORDER BY tracks.ours, platforms.ours, old.date, old.fetched_at, old.id;
