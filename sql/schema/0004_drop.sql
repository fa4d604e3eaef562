-- What revision 0004 made, in any order that works.
SELECT;

-- Rankings: a tie keeps its first song.
DROP INDEX job_runs_by_end;
DROP FUNCTION lock_for_ranking_chunk, has_ranking_chunk, missing_positions, ranking_movements;
DELETE FROM chart_ranking_entries WHERE ordinal > 1;
ALTER TABLE chart_ranking_entries DROP CONSTRAINT chart_ranking_entries_pkey;
ALTER TABLE chart_ranking_entries DROP COLUMN ordinal;
ALTER TABLE chart_ranking_entries ADD PRIMARY KEY (chart_id, ranked_on, position);
ALTER TABLE chart_entry_revisions DROP COLUMN ordinal;
ALTER TABLE chart_rankings DROP COLUMN missing_positions, DROP COLUMN refused_rows;
ALTER TABLE chart_rankings_set_aside DROP COLUMN refused_rows;
CREATE FUNCTION ranking_movements(of_chart integer, of_date date)
RETURNS TABLE (
    "position" integer, track_id bigint, movement text, previous_position integer, is_from_api boolean
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH before AS (
        SELECT ranked_on, is_held FROM ranking_before(of_chart, of_date)
    ),

    stood AS (
        SELECT entries.track_id, min(entries.position) AS position
        FROM chart_ranking_entries AS entries
        WHERE entries.chart_id = of_chart AND entries.ranked_on = (SELECT ranked_on FROM before WHERE is_held)
        GROUP BY entries.track_id
    ),

    compared AS (
        SELECT
            entries.*,
            coalesce(before.is_held, false) AS is_held,
            before.ranked_on AS before_on,
            CASE WHEN before.is_held THEN stood.position ELSE entries.previous_position END AS was
        FROM chart_ranking_entries AS entries
        LEFT JOIN before ON true
        LEFT JOIN stood ON stood.track_id = entries.track_id
        WHERE entries.chart_id = of_chart AND entries.ranked_on = of_date
    )

    SELECT
        compared.position,
        compared.track_id,
        CASE
            WHEN compared.was > compared.position THEN 'up'
            WHEN compared.was < compared.position THEN 'down'
            WHEN compared.was = compared.position THEN 'same'
            WHEN compared.before_on IS NULL THEN 'unknown'
            WHEN compared.entry_date = of_date THEN 'new'
            WHEN compared.is_held AND (compared.entry_date < of_date OR compared.time_on_chart > 1) THEN 're_entry'
            WHEN compared.is_held AND EXISTS (
                SELECT FROM chart_ranking_entries AS earlier
                WHERE earlier.track_id = compared.track_id
                    AND earlier.chart_id = of_chart
                    AND earlier.ranked_on < compared.before_on
            ) THEN 're_entry'
            ELSE 'unknown'
        END,
        compared.was,
        compared.was IS NOT NULL AND NOT compared.is_held
    FROM compared;
END;
