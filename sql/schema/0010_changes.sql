-- Triggers note what a transaction changes of rankings, and it is counted again before the commit. The tables are filled
-- after the triggers have locked out writers.

-- What the transaction has changed and not counted again yet; empty between transactions.
CREATE UNLOGGED TABLE chart_changes (
    chart_id integer NOT NULL,
    ranked_on date NOT NULL,
    track_ids bigint[]
);

COMMENT ON COLUMN chart_changes.track_ids IS
'the tracks of changed entries; null: the date has become known or unknown, or its ranking complete or incomplete';

-- Counts again what depends on changes of a chart. `of_tracks` has the track of each changed entry at its date in
-- `of_dates`, and null for a change of the ranking. Of entries: their tracks; the movements of their ranking, of the
-- next one, and of the track's next one, since a re-entry needs an earlier ranking with the track. Of a ranking: all of
-- the next one.
CREATE FUNCTION recount_chart(of_chart integer, of_dates date[], of_tracks bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changed_dates date[];
    next_dates date[];
    next_of_rankings date[];
    tracks bigint[];
BEGIN
    WITH changed AS MATERIALIZED (
        SELECT
            dates.ranked_on,
            dates.has_entries,
            dates.has_ranking,
            (
                SELECT min(rankings.ranked_on) FROM chart_rankings AS rankings
                WHERE rankings.chart_id = of_chart AND rankings.ranked_on > dates.ranked_on
            ) AS next_on
        FROM (
            SELECT
                ranked_on,
                bool_or(track_id IS NOT NULL) AS has_entries,
                bool_or(track_id IS NULL) AS has_ranking
            FROM unnest(of_dates, of_tracks) AS given (ranked_on, track_id)
            GROUP BY ranked_on
        ) AS dates
    )

    SELECT
        array_agg(ranked_on) FILTER (WHERE has_entries),
        array_agg(next_on) FILTER (WHERE next_on IS NOT NULL),
        array_agg(next_on) FILTER (WHERE next_on IS NOT NULL AND has_ranking)
    INTO changed_dates, next_dates, next_of_rankings
    FROM changed;

    tracks := ARRAY(
        SELECT track_id FROM unnest(of_tracks) AS given (track_id)
        WHERE track_id IS NOT NULL
        UNION
        SELECT track_id FROM chart_ranking_entries
        WHERE chart_id = of_chart AND ranked_on = ANY(next_of_rankings)
    );
    PERFORM recount_chart_tracks(
        of_chart, tracks, (SELECT min(ranked_on) FROM unnest(changed_dates || next_of_rankings) AS dates (ranked_on))
    );
    PERFORM recount_entered(
        of_chart,
        ARRAY(
            SELECT unnest(changed_dates || next_dates)
            UNION
            SELECT following.ranked_on
            FROM unnest(of_dates, of_tracks) AS given (ranked_on, track_id)
            JOIN chart_tracks AS known
                ON known.chart_id = of_chart
                AND known.track_id = given.track_id
                AND known.last_on > given.ranked_on
            CROSS JOIN LATERAL (
                SELECT min(entries.ranked_on) AS ranked_on
                FROM chart_ranking_entries AS entries
                WHERE entries.chart_id = of_chart
                    AND entries.track_id = given.track_id
                    AND entries.ranked_on > given.ranked_on
            ) AS following
        )
    );
END
$$;

-- Runs before the commit, at the first of the changes, for all of them. Statements are over by then: to a trigger of the
-- statement itself, TimescaleDB does not show rows that it decompresses.
CREATE FUNCTION recount_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM recount_chart(chart_id, dates, tracks)
    FROM (
        SELECT chart_id, array_agg(ranked_on) AS dates, array_agg(track_id) AS tracks
        FROM chart_changes
        LEFT JOIN LATERAL unnest(track_ids) AS listed (track_id) ON true
        GROUP BY chart_id
    ) AS changed;
    DELETE FROM chart_changes;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER chart_changes_recount AFTER INSERT ON chart_changes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recount_changes();

CREATE FUNCTION note_inserted_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO chart_changes
    SELECT chart_id, ranked_on, array_agg(track_id) FROM after GROUP BY chart_id, ranked_on;
    RETURN NULL;
END
$$;

CREATE FUNCTION note_updated_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO chart_changes
    SELECT chart_id, ranked_on, array_agg(track_id)
    FROM (
        SELECT *, count(*) OVER (
            PARTITION BY
                chart_id, ranked_on, position, ordinal, track_id, previous_position, entry_date, time_on_chart,
                time_on_chart_unit, repeats
        ) AS same
        FROM (TABLE before UNION ALL TABLE after) AS rows
    ) AS compared
    WHERE same = 1
    GROUP BY chart_id, ranked_on;
    RETURN NULL;
END
$$;

-- For each row, because TimescaleDB has no transition tables of deleted rows where chunks are compressed.
CREATE FUNCTION note_deleted_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO chart_changes VALUES (OLD.chart_id, OLD.ranked_on, ARRAY[OLD.track_id]);
    RETURN NULL;
END
$$;

-- The argument names the columns of updated rows that count.
CREATE FUNCTION note_changed_rankings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO chart_changes SELECT DISTINCT chart_id, ranked_on FROM (%s) AS changed',
        CASE TG_OP
            WHEN 'INSERT' THEN 'TABLE after'
            WHEN 'DELETE' THEN 'TABLE before'
            ELSE format(
                '(SELECT %1$s FROM before EXCEPT SELECT %1$s FROM after) '
                'UNION ALL (SELECT %1$s FROM after EXCEPT SELECT %1$s FROM before)',
                TG_ARGV[0]
            )
        END
    );
    RETURN NULL;
END
$$;

CREATE TRIGGER chart_ranking_entries_note_inserted AFTER INSERT ON chart_ranking_entries
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_inserted_entries();
CREATE TRIGGER chart_ranking_entries_note_updated AFTER UPDATE ON chart_ranking_entries
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_updated_entries();
CREATE TRIGGER chart_ranking_entries_note_deleted AFTER DELETE ON chart_ranking_entries
    FOR EACH ROW EXECUTE FUNCTION note_deleted_entry();

CREATE TRIGGER chart_rankings_note_inserted AFTER INSERT ON chart_rankings
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_changed_rankings();
CREATE TRIGGER chart_rankings_note_updated AFTER UPDATE ON chart_rankings
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION note_changed_rankings('chart_id, ranked_on, is_whole');
CREATE TRIGGER chart_rankings_note_deleted AFTER DELETE ON chart_rankings
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION note_changed_rankings();

CREATE TRIGGER chart_dates_note_inserted AFTER INSERT ON chart_dates
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_changed_rankings();
CREATE TRIGGER chart_dates_note_updated AFTER UPDATE ON chart_dates
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION note_changed_rankings('chart_id, ranked_on');
CREATE TRIGGER chart_dates_note_deleted AFTER DELETE ON chart_dates
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION note_changed_rankings();

SET LOCAL statement_timeout = 0;

SELECT recount_entered(chart_id, array_agg(ranked_on)) FROM chart_rankings GROUP BY chart_id;
SELECT recount_chart_tracks(chart_id, array_agg(DISTINCT track_id), '-infinity')
FROM chart_ranking_entries
GROUP BY chart_id;

SET LOCAL statement_timeout = '60s';
