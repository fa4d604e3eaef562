-- Rankings with ties, missing positions and refused rows; songs with several entries; chunks without deadlocks.

-- The songs at one position are numbered from 1, so that a key does not depend on the order of a response.
ALTER TABLE chart_ranking_entries ADD COLUMN ordinal integer NOT NULL DEFAULT 1 CHECK (ordinal >= 1);
ALTER TABLE chart_ranking_entries DROP CONSTRAINT chart_ranking_entries_pkey;
ALTER TABLE chart_ranking_entries ADD PRIMARY KEY (chart_id, ranked_on, position, ordinal);
ALTER TABLE chart_entry_revisions ADD COLUMN ordinal integer NOT NULL DEFAULT 1;

COMMENT ON COLUMN chart_ranking_entries.ordinal IS 'tells the songs of a tie apart: 1 where a song is alone at its position';

ALTER TABLE chart_rankings
ADD COLUMN missing_positions int8multirange NOT NULL DEFAULT '{}',
ADD COLUMN refused_rows integer NOT NULL DEFAULT 0 CHECK (refused_rows >= 0);
ALTER TABLE chart_rankings_set_aside
ADD COLUMN refused_rows integer NOT NULL DEFAULT 0 CHECK (refused_rows >= 0);

COMMENT ON COLUMN chart_rankings.missing_positions IS 'positions before the last that no song has and no tie covers';
COMMENT ON COLUMN chart_rankings.refused_rows IS 'rows of the answer that could not be stored';

-- The positions of a ranking without a song. A tie of n songs covers the n positions from its own on, as in 1, 2, 2, 4.
CREATE FUNCTION missing_positions(of_chart integer, of_date date) RETURNS int8multirange LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(
        int8multirange(int8range(1, max(covered.position) + 1))
        - range_agg(int8range(covered.position, covered.position + covered.songs)),
        '{}'
    )
    FROM (
        SELECT CAST(entries.position AS bigint) AS position, count(*) AS songs
        FROM chart_ranking_entries AS entries
        WHERE entries.chart_id = of_chart AND entries.ranked_on = of_date
        GROUP BY entries.position
    ) AS covered;
END;

UPDATE chart_rankings AS rankings
SET missing_positions = missing_positions(rankings.chart_id, rankings.ranked_on)
FROM (
    SELECT chart_id, ranked_on
    FROM chart_ranking_entries
    GROUP BY chart_id, ranked_on
    HAVING max(position) > count(*)
) AS holed
WHERE rankings.chart_id = holed.chart_id AND rankings.ranked_on = holed.ranked_on;

-- Created again by 0004_movements.sql.
DROP FUNCTION ranking_movements;

-- For the number of runs that ended in the last minutes, which predicts how long the waiting ones take.
CREATE INDEX job_runs_by_end ON job_runs (finished_at) WHERE finished_at IS NOT NULL;

-- Whether a ranking of this date can be stored without a new chunk. The plain twin of timescale/ranking_chunks.sql.
CREATE FUNCTION has_ranking_chunk(of_date date) RETURNS boolean LANGUAGE sql STABLE
RETURN of_date IS NOT NULL;

-- Locks the tables that a new chunk's foreign keys point at, where the date needs one, before the transaction holds a row of
-- them: making the chunk later would wait for writers that wait for our rows. They come in the order in which writers come
-- to them, so that whoever has one seldom waits for another that is locked here. It gives way to writers until they have
-- finished, each time before the server looks for deadlocks (after 1 s). After 100 tries the chunk is made without.
CREATE FUNCTION lock_for_ranking_chunk(of_date date) RETURNS void LANGUAGE plpgsql
SET lock_timeout = '300ms' AS $$
BEGIN
    IF has_ranking_chunk(of_date) THEN
        RETURN;
    END IF;
    FOR attempt IN 1..100 LOOP
        BEGIN
            LOCK TABLE platforms, charts, tracks IN SHARE ROW EXCLUSIVE MODE;
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            CONTINUE;
        END;
    END LOOP;
END
$$;
