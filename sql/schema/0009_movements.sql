-- How each entry of a ranking moved: derived against the previous available date. The n-th entry of a song is compared
-- with the song's n-th entry there; where that ranking is not held, lacks rows, or has the song fewer times, with the
-- API's own previous position, which `is_from_api` says. The only definition of a movement.
-- Of a song that a ranking without all of its rows does not have, it says as little as a ranking that is not held.
-- new: the API says that the track first appeared on this date; re_entry: it is older here (by its entry date, its
-- appearances so far, or a ranking of ours that has it as often) and was absent before; unknown: neither source tells. A
-- chart's first ranking has nobody new: there was nothing to be absent from.
CREATE OR REPLACE FUNCTION ranking_movements(of_chart integer, of_date date)
RETURNS TABLE (
    "position" integer,
    ordinal integer,
    track_id bigint,
    occurrence bigint,
    movement text,
    previous_position integer,
    is_from_api boolean
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH before AS MATERIALIZED (
        SELECT
            known.ranked_on,
            known.is_held,
            coalesce(
                (
                    SELECT former.is_whole FROM chart_rankings AS former
                    WHERE former.chart_id = of_chart AND former.ranked_on = known.ranked_on
                ),
                false
            ) AS is_whole
        FROM ranking_before(of_chart, of_date) AS known
    ),

    placed AS (
        SELECT
            entries.*,
            row_number() OVER (
                PARTITION BY entries.ranked_on, entries.track_id ORDER BY entries.position, entries.ordinal
            ) AS occurrence
        FROM (
            SELECT * FROM chart_ranking_entries WHERE chart_id = of_chart AND ranked_on = of_date
            UNION ALL
            SELECT * FROM chart_ranking_entries
            WHERE chart_id = of_chart AND ranked_on = (SELECT ranked_on FROM before WHERE is_held)
        ) AS entries
    ),

    paired AS (
        SELECT
            *,
            min(placed.position) FILTER (WHERE placed.ranked_on < of_date) OVER (
                PARTITION BY placed.track_id, placed.occurrence
            ) AS stood_at
        FROM placed
    ),

    compared AS (
        SELECT
            paired.*,
            coalesce(before.is_whole, false) AS is_whole,
            before.ranked_on AS before_on,
            CASE
                WHEN paired.stood_at IS NOT NULL OR paired.occurrence = 1 AND before.is_whole THEN paired.stood_at
                ELSE paired.previous_position
            END AS was
        FROM paired
        LEFT JOIN before ON true
        WHERE paired.ranked_on = of_date
    )

    SELECT
        compared.position,
        compared.ordinal,
        compared.track_id,
        compared.occurrence,
        CASE
            WHEN compared.was > compared.position THEN 'up'
            WHEN compared.was < compared.position THEN 'down'
            WHEN compared.was = compared.position THEN 'same'
            WHEN compared.before_on IS NULL THEN 'unknown'
            WHEN compared.entry_date = of_date THEN 'new'
            WHEN compared.is_whole AND (compared.entry_date < of_date OR compared.time_on_chart > 1) THEN 're_entry'
            WHEN compared.is_whole AND EXISTS (
                SELECT FROM chart_ranking_entries AS earlier
                WHERE earlier.track_id = compared.track_id
                    AND earlier.chart_id = of_chart
                    AND earlier.ranked_on < compared.before_on
                GROUP BY earlier.ranked_on
                HAVING count(*) >= compared.occurrence
            ) THEN 're_entry'
            ELSE 'unknown'
        END,
        compared.was,
        compared.was IS NOT NULL AND compared.stood_at IS NULL
    FROM compared;
END;
