-- Rankings with ties, with missing positions and with refused rows; songs that stand several times; chunks without
-- deadlocks.

-- The songs of one position are numbered from 1, so that a key never depends on the order of an answer.
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

-- The positions of a ranking that nobody has. A tie of n songs covers the n positions from its own on, as in 1, 2, 2, 4.
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

-- How each entry of a ranking moved: derived against the previous available date. The n-th entry of a song is compared
-- with the song's n-th entry there; where that ranking is not held, or has the song fewer times, with the API's own previous
-- position, which `is_from_api` says. The only definition of a movement.
-- new: the API says that the track first appeared on this date; re_entry: it is older here (by its entry date, its
-- appearances so far, or a ranking of ours that has it as often) and was absent before; unknown: neither source tells. A
-- chart's first ranking has nobody new: there was nothing to be absent from.
DROP FUNCTION ranking_movements;
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
            coalesce(before.is_held, false) AS is_held,
            before.ranked_on AS before_on,
            CASE
                WHEN before.is_held AND (placed.occurrence = 1 OR stood.position IS NOT NULL) THEN stood.position
                ELSE placed.previous_position
            END AS was,
            stood.position IS NOT NULL AS is_derived
        FROM placed
        LEFT JOIN before ON true
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
            WHEN compared.is_held AND (compared.entry_date < of_date OR compared.time_on_chart > 1) THEN 're_entry'
            WHEN compared.is_held AND EXISTS (
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

-- How many runs ended in the last minutes, which tells how long the waiting ones take.
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
