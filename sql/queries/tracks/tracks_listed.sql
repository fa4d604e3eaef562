-- A page of the list of tracks, with the numbers of one platform. {key} and {order} (asc or desc) are the sorting,
-- from the list in webapp/queries/tracks/listed.py; tracks without a value come last, by id. `after` is the last
-- track of the previous page, and `valued` determines in which of the two parts the page begins.
WITH anchor AS (
    SELECT {key} AS key, tracks.id
    FROM tracks
    LEFT JOIN audience_states AS states ON states.track_id = tracks.id AND states.platform_id = :platform_id
    WHERE tracks.id = (SELECT track_uuids.track_id FROM track_uuids WHERE track_uuids.uuid = CAST(:after AS uuid))
)

SELECT
    tracks.id,
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    tracks.labels -> 0 ->> 'name' AS label,
    tracks.release_date,
    tracks.metadata_error,
    coalesce(states.status, 'never') AS status,
    states.latest_value,
    states.gain_7_days,
    states.gain_7_days_covers,
    states.gain_7_days_caveat,
    states.gain_7_days_before,
    states.gain_change,
    states.last_date,
    states.fetched_at,
    {key} IS NOT NULL AS valued
FROM tracks
LEFT JOIN audience_states AS states ON states.track_id = tracks.id AND states.platform_id = :platform_id
WHERE {part}
    -- The plan depends on the words: rows with rare ones are found first and sorted, rows with common ones are found
    -- soon on a scan of the sort index.
    AND (CAST(:words AS text) IS NULL OR search_vector(tracks.search_text) @@ CAST(:words AS tsquery))
    AND (
        CAST(:artist AS uuid) IS NULL
        OR EXISTS (
            SELECT FROM track_artists
            JOIN artists ON artists.id = track_artists.artist_id
            WHERE track_artists.track_id = tracks.id AND artists.uuid = :artist
        )
    )
    AND (
        CAST(:list_id AS bigint) IS NULL
        OR tracks.id = ANY(ARRAY(SELECT listed.track_id FROM list_track_ids(:list_id) AS listed))
    )
    AND (CAST(:label AS text) IS NULL OR tracks.labels @> jsonb_build_array(jsonb_build_object('name', :label)))
    AND (CAST(:genre AS text) IS NULL OR tracks.genres @> jsonb_build_array(jsonb_build_object('root', :genre)))
    AND (CAST(:released_since AS date) IS NULL OR tracks.release_date >= :released_since)
    AND (CAST(:gain_min AS bigint) IS NULL OR states.gain_7_days >= :gain_min)
    AND (CAST(:change_min AS double precision) IS NULL OR states.gain_change >= :change_min)
    AND (CAST(:total_min AS bigint) IS NULL OR states.latest_value >= :total_min)
    AND (
        CAST(:age_max AS integer) IS NULL
        OR tracks.release_date BETWEEN CAST(:today AS date) - :age_max AND CAST(:today AS date)
    )
    AND (
        CAST(:position_max AS integer) IS NULL
        OR tracks.id = ANY(
            ARRAY(
                SELECT entries.track_id
                FROM charts
                JOIN chart_ranking_entries AS entries
                    ON entries.chart_id = charts.id AND entries.ranked_on = charts.last_ranked_on
                WHERE charts.sync_enabled AND entries.position <= :position_max
            )
        )
    )
    -- The entry date is the API's: a chart whose history begins here is not entered by all of its songs.
    AND (
        CAST(:entered_since AS date) IS NULL
        OR EXISTS (
            SELECT FROM chart_tracks AS known
            WHERE known.track_id = tracks.id
                AND known.entry_date >= :entered_since
        )
    )
    AND (CAST(:stale_since AS date) IS NULL OR states.last_date < :stale_since)
    AND CASE CAST(:data AS text)
        WHEN 'fresh' THEN states.last_date >= CAST(:today AS date) - 3
        WHEN 'stale' THEN states.last_date < CAST(:today AS date) - 3
        WHEN 'none' THEN states.last_date IS NULL
        WHEN 'failed' THEN states.status = 'failed'
        ELSE true
    END
{sorting}
LIMIT :size;
