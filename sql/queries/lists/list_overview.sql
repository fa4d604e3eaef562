-- A list in numbers: its tracks and artists, how fresh the audience of all its tracks is, and where they stand in the
-- newest rankings of the charts that are followed. A track is fresh if its newest value is at most 3 days old.
WITH listed AS MATERIALIZED (
    SELECT listed.track_id FROM list_track_ids(:list_id) AS listed
),

newest AS (
    SELECT listed.track_id, max(states.last_date) AS last_date
    FROM listed
    LEFT JOIN audience_states AS states ON states.track_id = listed.track_id
    GROUP BY listed.track_id
),

stood AS (
    SELECT stored.track_id, stored.chart_id, stored.last_position AS position
    FROM charts
    JOIN chart_tracks AS stored ON stored.chart_id = charts.id AND stored.last_on = charts.last_ranked_on
    WHERE charts.sync_enabled AND stored.track_id IN (SELECT listed.track_id FROM listed)
)

SELECT
    (SELECT count(*) FROM list_tracks WHERE list_tracks.list_id = :list_id) AS tracks,
    (SELECT count(*) FROM list_artists WHERE list_artists.list_id = :list_id) AS artists,
    (SELECT count(*) FROM newest) AS all_tracks,
    (SELECT count(*) FROM newest WHERE newest.last_date >= CAST(:today AS date) - 3) AS fresh,
    (SELECT count(*) FROM newest WHERE newest.last_date IS NULL) AS without_data,
    (SELECT count(DISTINCT stood.track_id) FROM stood) AS charted,
    (SELECT count(*) FROM stood) AS appearances,
    (SELECT count(DISTINCT stood.chart_id) FROM stood) AS charts,
    (SELECT min(stood.position) FROM stood) AS best;
