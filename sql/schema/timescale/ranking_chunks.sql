-- Idempotent: whether a ranking of a date can be stored without a new chunk. A schema between two revisions is left
-- unchanged.
DO $$
BEGIN
    IF to_regprocedure('has_ranking_chunk(date)') IS NOT NULL THEN
        CREATE OR REPLACE FUNCTION has_ranking_chunk(of_date date) RETURNS boolean LANGUAGE sql STABLE AS $body$
            SELECT EXISTS (
                SELECT FROM timescaledb_information.chunks
                WHERE hypertable_name = 'chart_ranking_entries'
                    AND of_date >= CAST(range_start AS date)
                    AND of_date < CAST(range_end AS date)
            )
        $body$;
    END IF;
END
$$;
