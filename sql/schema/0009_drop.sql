DROP INDEX job_runs_by_platform;
DROP INDEX chart_rankings_by_chart;
CREATE INDEX job_runs_wrote ON job_runs (finished_at) WHERE records_created + records_updated > 0;
DROP TRIGGER audience_states_raise_deleted ON audience_states;
DROP TRIGGER audience_states_raise_inserted ON audience_states;
DROP TRIGGER audience_states_raise_updated ON audience_states;
DROP TRIGGER tracks_raise_deleted ON tracks;
DROP TRIGGER tracks_raise_updated ON tracks;
DROP TRIGGER platforms_raise_updated ON platforms;
DROP TRIGGER charts_raise_deleted ON charts;
DROP TRIGGER charts_raise_inserted ON charts;
DROP TRIGGER charts_raise_updated ON charts;
DROP TRIGGER charts_raise_rankings ON charts;
DROP FUNCTION raise_version_if_changed;
DROP FUNCTION raise_version;
DROP TABLE data_versions;

-- The former way to the same movements.
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
