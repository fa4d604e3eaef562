-- A page of the list of artists. {key} is the sort key, and each line of {filters} an active filter, from the lists
-- in webapp/queries/artists/listed.py; only the joined numbers that one of them uses are computed for all artists.
-- `after` is the last artist of the previous page.
-- The gain is the sum of the known ones of 7 days of tracks whose newest value is at most 3 days old.
WITH listed AS (
    SELECT artists.id, artists.uuid, {key} AS key
    FROM artists
    LEFT JOIN (
        SELECT artist_id, count(*) AS tracks
        FROM track_artists
        GROUP BY artist_id
    ) AS held ON held.artist_id = artists.id
    LEFT JOIN (
        SELECT track_artists.artist_id, min(peaks.position) AS position
        FROM (
            SELECT track_id, min(peak) AS position
            FROM chart_tracks
            GROUP BY track_id
        ) AS peaks
        JOIN track_artists ON track_artists.track_id = peaks.track_id
        GROUP BY track_artists.artist_id
    ) AS best ON best.artist_id = artists.id
    LEFT JOIN (
        SELECT track_artists.artist_id, max(dates.last_date) AS last_date
        FROM (
            SELECT track_id, max(last_date) AS last_date
            FROM audience_states
            GROUP BY track_id
        ) AS dates
        JOIN track_artists ON track_artists.track_id = dates.track_id
        GROUP BY track_artists.artist_id
    ) AS newest ON newest.artist_id = artists.id
    LEFT JOIN (
        SELECT
            track_artists.artist_id,
            count(*) AS with_data,
            sum(states.gain_7_days) FILTER (WHERE states.last_date >= CAST(:today AS date) - 3) AS gain
        FROM audience_states AS states
        JOIN track_artists ON track_artists.track_id = states.track_id
        WHERE states.platform_id = :platform_id AND states.last_date IS NOT NULL
        GROUP BY track_artists.artist_id
    ) AS heard ON heard.artist_id = artists.id
    WHERE {filters}
),

page AS (
    SELECT listed.id, listed.key
    FROM listed
    WHERE CAST(:after AS uuid) IS NULL
        OR (listed.key, listed.id) {beyond} (SELECT anchor.key, anchor.id FROM listed AS anchor WHERE anchor.uuid = :after)
    ORDER BY listed.key {order}, listed.id {order}
    LIMIT :size
)

SELECT
    artists.uuid,
    artists.name,
    artists.country_code,
    artists.city_name,
    artists.career_stage,
    artists.metadata_fetched_at,
    artists.metadata_error,
    held.tracks,
    best.position AS best_position,
    newest.last_date,
    heard.with_data,
    CAST(heard.gain AS bigint) AS gain,
    heard.counted,
    heard.noted,
    (SELECT count(*) FROM listed) AS found
FROM page
JOIN artists ON artists.id = page.id
CROSS JOIN LATERAL (
    SELECT count(*) AS tracks FROM track_artists WHERE track_artists.artist_id = page.id
) AS held
CROSS JOIN LATERAL (
    SELECT min(stood.peak) AS position
    FROM track_artists
    JOIN chart_tracks AS stood ON stood.track_id = track_artists.track_id
    WHERE track_artists.artist_id = page.id
) AS best
CROSS JOIN LATERAL (
    SELECT max(states.last_date) AS last_date
    FROM track_artists
    JOIN audience_states AS states ON states.track_id = track_artists.track_id
    WHERE track_artists.artist_id = page.id
) AS newest
CROSS JOIN LATERAL (
    SELECT
        count(*) AS with_data,
        sum(known.gain) AS gain,
        count(known.gain) AS counted,
        count(known.gain) FILTER (
            WHERE states.gain_7_days_covers <> 7 OR states.gain_7_days_caveat IS NOT NULL
        ) AS noted
    FROM track_artists
    JOIN audience_states AS states ON states.track_id = track_artists.track_id
    LEFT JOIN LATERAL (
        SELECT states.gain_7_days AS gain
        WHERE states.last_date >= CAST(:today AS date) - 3
    ) AS known ON true
    WHERE track_artists.artist_id = page.id
        AND states.platform_id = :platform_id
        AND states.last_date IS NOT NULL
) AS heard
ORDER BY page.key {order}, page.id {order};
