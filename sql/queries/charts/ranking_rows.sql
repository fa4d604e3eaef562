-- The first entries of a ranking with their movements, and the number of songs at each position. The peak is the best
-- position known up to its date, of a song's n-th entry that of its n-th entries: in `rankings` stored ones, or
-- before one of them according to the API if that ranking is not stored, lacks rows and the song, or has the song
-- fewer times. An entry has a new peak where the song stood higher after `since` than in any ranking up to it, of
-- which one has it. The streak counts the song's stored rankings back from this one; it may be longer where it ends at a
-- date that is not stored, at an incomplete ranking, or at the first stored one, unless the song first entered there.
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
    SELECT
        track_id,
        occurrence,
        min(position) AS position,
        min(position) FILTER (WHERE ranked_on <= :since) AS former_position,
        min(ranked_on) AS first_on,
        count(*) AS rankings
    FROM held
    GROUP BY track_id, occurrence
),

better AS MATERIALIZED (
    SELECT held.*
    FROM held
    JOIN best ON best.track_id = held.track_id AND best.occurrence = held.occurrence
    WHERE held.previous_position < best.position
        OR (held.previous_position = best.position AND best.position < best.former_position)
),

api_best AS (
    SELECT
        better.track_id,
        better.occurrence,
        min(better.previous_position) AS position,
        (array_agg(before.ranked_on ORDER BY better.previous_position, better.ranked_on))[1] AS reached_on,
        bool_or(coalesce(before.ranked_on <= :since, true)) AS is_former
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
),

reached AS (
    SELECT held.track_id, held.occurrence, min(held.ranked_on) AS ranked_on
    FROM held
    JOIN best
        ON best.track_id = held.track_id
        AND best.occurrence = held.occurrence
        AND best.position = held.position
    GROUP BY held.track_id, held.occurrence
),

-- The stored rankings by their number, back from this one; `is_cut`: the ranking before is missing.
dated AS (
    SELECT
        rankings.ranked_on,
        rankings.is_whole,
        row_number() OVER (ORDER BY rankings.ranked_on DESC) AS number,
        before.ranked_on IS NULL
        OR NOT before.is_held
        OR rankings.ranked_on - before.ranked_on > 1.5 * chart_period(charts.frequency) AS is_cut
    FROM chart_rankings AS rankings
    JOIN charts ON charts.id = rankings.chart_id
    LEFT JOIN LATERAL ranking_before(:chart_id, rankings.ranked_on) AS before ON true
    WHERE rankings.chart_id = :chart_id AND rankings.ranked_on <= :ranked_on
),

in_a_row AS (
    SELECT track_id, count(*) AS streak
    FROM (
        SELECT
            held.track_id,
            dated.number,
            row_number() OVER (PARTITION BY held.track_id ORDER BY dated.number) AS nth
        FROM held
        JOIN dated ON dated.ranked_on = held.ranked_on
        WHERE held.occurrence = 1
    ) AS numbered
    WHERE number = nth AND number <= (SELECT min(dated.number) FROM dated WHERE dated.is_cut)
    GROUP BY track_id
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
    coalesce(api_best.position < best.position, false) AS peak_is_from_api,
    CASE WHEN api_best.position < best.position THEN api_best.reached_on ELSE reached.ranked_on END AS peak_on,
    coalesce(best.position < best.former_position, false) AND api_best.is_former IS NOT TRUE AS has_peaked,
    best.rankings,
    least(entries.entry_date, best.first_on) AS first_on,
    in_a_row.streak,
    (last.is_cut OR former.is_whole IS NOT TRUE)
    AND (entries.entry_date < last.ranked_on OR entries.entry_date IS NULL) AS streak_may_be_longer
FROM entries
JOIN ranking_movements(:chart_id, :ranked_on) AS moved
    ON moved.position = entries.position AND moved.ordinal = entries.ordinal
JOIN best ON best.track_id = entries.track_id AND best.occurrence = entries.occurrence
LEFT JOIN api_best ON api_best.track_id = entries.track_id AND api_best.occurrence = entries.occurrence
JOIN reached ON reached.track_id = entries.track_id AND reached.occurrence = entries.occurrence
JOIN in_a_row ON in_a_row.track_id = entries.track_id
JOIN dated AS last ON last.number = in_a_row.streak
LEFT JOIN dated AS former ON former.number = in_a_row.streak + 1
JOIN tracks ON tracks.id = entries.track_id
ORDER BY entries.position, entries.ordinal;
