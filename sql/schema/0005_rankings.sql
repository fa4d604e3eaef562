-- A ranking that lacks rows does not show which songs are absent.

ALTER TABLE chart_rankings
ADD COLUMN is_whole boolean NOT NULL GENERATED ALWAYS AS (missing_positions = '{}' AND refused_rows = 0) STORED;

COMMENT ON COLUMN chart_rankings.is_whole IS 'whether a song that is not in it was not in the ranking';

DROP FUNCTION ranking_movements;

-- How each entry of a ranking moved: derived against the previous available date. The n-th entry of a song is compared
-- with the song's n-th entry there; where that ranking is not held, lacks rows, or has the song fewer times, with the
-- API's own previous position, which `is_from_api` says. The only definition of a movement.
-- Of a song that a ranking without all of its rows does not have, it says as little as a ranking that is not held.
-- new: the API says that the track first appeared on this date; re_entry: it is older here (by its entry date, its
-- appearances so far, or a ranking of ours that has it as often) and was absent before; unknown: neither source tells. A
-- chart's first ranking has nobody new: there was nothing to be absent from.
CREATE FUNCTION ranking_movements(of_chart integer, of_date date)
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
    WITH before AS (
        SELECT ranked_on, is_held FROM ranking_before(of_chart, of_date)
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

    compared AS (
        SELECT
            placed.*,
            coalesce(former.is_whole, false) AS is_whole,
            before.ranked_on AS before_on,
            CASE
                WHEN stood.position IS NOT NULL OR placed.occurrence = 1 AND former.is_whole THEN stood.position
                ELSE placed.previous_position
            END AS was,
            stood.position IS NOT NULL AS is_derived
        FROM placed
        LEFT JOIN before ON true
        LEFT JOIN chart_rankings AS former
            ON former.chart_id = of_chart AND former.ranked_on = before.ranked_on
        LEFT JOIN placed AS stood
            ON stood.ranked_on < of_date
            AND stood.track_id = placed.track_id
            AND stood.occurrence = placed.occurrence
        WHERE placed.ranked_on = of_date
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
        compared.was IS NOT NULL AND NOT compared.is_derived
    FROM compared;
END;
