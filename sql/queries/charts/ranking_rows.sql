-- The first entries of a ranking with their movements, and the number of songs at each position. The peak is the best
-- position known up to its date, of a song's n-th entry that of its n-th entries: in `rankings` stored ones, or
-- before one of them according to the API if that ranking is not stored, lacks rows and the song, or has the song
-- fewer times.
WITH entries AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY track_id ORDER BY position, ordinal) AS occurrence,
        count(*) OVER (PARTITION BY position) AS songs
    FROM chart_ranking_entries
    WHERE chart_id = :chart_id AND ranked_on = :ranked_on AND position <= :size
),

held AS (
    SELECT track_id, ranked_on, position, previous_position, 1 AS occurrence
    FROM chart_ranking_entries
    WHERE chart_id = :chart_id
        AND ranked_on <= :ranked_on
        AND NOT repeats
        AND track_id = ANY(ARRAY(SELECT track_id FROM entries))
    UNION ALL
    SELECT track_id, ranked_on, position, previous_position, occurrence
    FROM (
        SELECT
            *,
            row_number() OVER (PARTITION BY ranked_on, track_id ORDER BY position, ordinal) AS occurrence
        FROM chart_ranking_entries
        WHERE chart_id = :chart_id
            AND ranked_on <= :ranked_on
            AND track_id = ANY(ARRAY(SELECT track_id FROM entries WHERE repeats))
    ) AS numbered
    WHERE occurrence > 1
),

best AS (
    SELECT track_id, occurrence, min(position) AS position, count(*) AS rankings
    FROM held
    GROUP BY track_id, occurrence
),

better AS MATERIALIZED (
    SELECT held.*
    FROM held
    JOIN best ON best.track_id = held.track_id AND best.occurrence = held.occurrence
    WHERE held.previous_position < best.position
),

api_best AS (
    SELECT better.track_id, better.occurrence, min(better.previous_position) AS position
    FROM better
    LEFT JOIN LATERAL ranking_before(:chart_id, better.ranked_on) AS before ON true
    LEFT JOIN chart_rankings AS rankings
        ON rankings.chart_id = :chart_id AND rankings.ranked_on = before.ranked_on
    WHERE (better.occurrence > 1 OR rankings.is_whole IS NOT TRUE)
        AND better.occurrence > (
            SELECT count(*) FROM chart_ranking_entries AS former
            WHERE former.chart_id = :chart_id
                AND former.ranked_on = before.ranked_on
                AND former.track_id = better.track_id
        )
    GROUP BY better.track_id, better.occurrence
)

SELECT
    entries.position,
    entries.songs,
    entries.track_id,
    entries.occurrence,
    tracks.uuid,
    tracks.name,
    tracks.credit_name,
    moved.movement,
    moved.previous_position,
    moved.is_from_api,
    entries.metric,
    entries.entry_date,
    entries.time_on_chart,
    entries.time_on_chart_unit,
    entries.repeats,
    coalesce(api_best.position, best.position) AS peak,
    api_best.position IS NOT NULL AS peak_is_from_api,
    best.rankings
FROM entries
JOIN ranking_movements(:chart_id, :ranked_on) AS moved
    ON moved.position = entries.position AND moved.ordinal = entries.ordinal
JOIN best ON best.track_id = entries.track_id AND best.occurrence = entries.occurrence
LEFT JOIN api_best ON api_best.track_id = entries.track_id AND api_best.occurrence = entries.occurrence
JOIN tracks ON tracks.id = entries.track_id
ORDER BY entries.position, entries.ordinal;
