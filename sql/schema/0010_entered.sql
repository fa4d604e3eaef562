-- The new entries and re-entries of all rankings, and the peaks of the tracks of each chart. Triggers keep both in the
-- transaction that changes a ranking, so that no page computes the movements of whole rankings or reads all history.

CREATE TABLE chart_entered (
    ranked_on date NOT NULL,
    chart_id integer NOT NULL,
    track_id bigint NOT NULL,
    position integer NOT NULL,
    movement text NOT NULL CHECK (movement IN ('new', 're_entry')),
    PRIMARY KEY (ranked_on, chart_id, track_id)
);

COMMENT ON TABLE chart_entered IS
'the first entries of songs that are new or a re-entry by ranking_movements(); triggers keep it';

CREATE TABLE chart_tracks (
    chart_id integer NOT NULL,
    track_id bigint NOT NULL,
    first_on date NOT NULL,
    last_on date NOT NULL,
    rankings integer NOT NULL,
    peak integer NOT NULL,
    peak_on date NOT NULL,
    api_peak integer,
    api_since date,
    entry_date date,
    last_position integer NOT NULL,
    time_on_chart integer,
    time_on_chart_unit text NOT NULL,
    PRIMARY KEY (chart_id, track_id)
) WITH (fillfactor = 80);

COMMENT ON TABLE chart_tracks IS 'what the stored rankings of a chart have of each track; triggers keep it';
COMMENT ON COLUMN chart_tracks.rankings IS 'the stored rankings with the track';
COMMENT ON COLUMN chart_tracks.peak_on IS 'the first stored ranking with the track at its peak';
COMMENT ON COLUMN chart_tracks.api_peak IS
'the best previous position of the API that is as high as the peak, and counts: the ranking before is not stored, or '
'lacks rows and the track';
COMMENT ON COLUMN chart_tracks.api_since IS
'the earliest ranking that such a position is about; 0001-01-01: of no known date';
COMMENT ON COLUMN chart_tracks.entry_date IS 'the earliest first appearance that the API gives';
COMMENT ON COLUMN chart_tracks.last_position IS 'in the newest stored ranking with the track, like time_on_chart';

CREATE INDEX chart_tracks_by_track ON chart_tracks (track_id);
CREATE INDEX chart_tracks_by_peak ON chart_tracks (peak_on) WHERE peak_on > first_on;

-- What the transaction has changed and not counted again yet; empty between transactions.
CREATE UNLOGGED TABLE chart_changes (
    chart_id integer NOT NULL,
    ranked_on date NOT NULL,
    track_ids bigint[]
);

COMMENT ON COLUMN chart_changes.track_ids IS
'the tracks of changed entries; null: the date has become known or unknown, or its ranking complete or incomplete';

-- Counts the entered tracks of rankings again; writes only differences.
CREATE FUNCTION recount_entered(of_chart integer, of_dates date[]) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    WITH found AS MATERIALIZED (
        SELECT dates.ranked_on, movements.track_id, movements.position, movements.movement
        FROM unnest(of_dates) AS dates (ranked_on)
        CROSS JOIN LATERAL ranking_movements(of_chart, dates.ranked_on) AS movements
        WHERE movements.occurrence = 1 AND movements.movement IN ('new', 're_entry')
    ),

    gone AS (
        DELETE FROM chart_entered AS stored
        WHERE stored.chart_id = of_chart
            AND stored.ranked_on = ANY(of_dates)
            AND NOT EXISTS (
                SELECT FROM found WHERE found.ranked_on = stored.ranked_on AND found.track_id = stored.track_id
            )
    )

    INSERT INTO chart_entered AS stored (ranked_on, chart_id, track_id, position, movement)
    SELECT found.ranked_on, of_chart, found.track_id, found.position, found.movement
    FROM found
    ON CONFLICT (ranked_on, chart_id, track_id) DO UPDATE
    SET position = excluded.position, movement = excluded.movement
    WHERE (stored.position, stored.movement) IS DISTINCT FROM (excluded.position, excluded.movement);
END;

-- Counts tracks of a chart again whose entries from a date on have changed; writes only differences. Entries since are
-- added to a stored row that ends before the date; a row that does not, or that loses positions of the API to a new
-- peak, is counted from all entries.
CREATE FUNCTION recount_chart_tracks(of_chart integer, of_tracks bigint[], since date) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    WITH recent AS MATERIALIZED (
        SELECT entries.*
        FROM chart_ranking_entries AS entries
        WHERE entries.chart_id = of_chart
            AND entries.ranked_on >= since
            AND entries.track_id = ANY(of_tracks)
    ),

    stored AS MATERIALIZED (
        SELECT
            known.*,
            known.last_on >= since
            OR known.api_peak IS NOT NULL AND EXISTS (
                SELECT FROM recent WHERE recent.track_id = known.track_id AND recent.position < known.peak
            ) AS is_stale
        FROM chart_tracks AS known
        WHERE known.chart_id = of_chart AND known.track_id = ANY(of_tracks)
    ),

    held AS MATERIALIZED (
        SELECT * FROM recent
        UNION ALL
        SELECT entries.*
        FROM chart_ranking_entries AS entries
        WHERE entries.chart_id = of_chart
            AND entries.ranked_on < since
            AND entries.track_id = ANY(ARRAY(SELECT stored.track_id FROM stored WHERE stored.is_stale))
            AND EXISTS (SELECT FROM stored WHERE stored.is_stale)
    ),

    added AS (
        SELECT
            held.track_id,
            min(held.ranked_on) AS first_on,
            max(held.ranked_on) AS last_on,
            count(*) FILTER (WHERE NOT held.repeats) AS rankings,
            min(held.position) AS peak,
            min(held.entry_date) AS entry_date,
            (array_agg(held.position ORDER BY held.ranked_on DESC, held.position))[1] AS last_position,
            (array_agg(held.time_on_chart ORDER BY held.ranked_on DESC, held.position))[1] AS time_on_chart,
            (array_agg(held.time_on_chart_unit ORDER BY held.ranked_on DESC, held.position))[1] AS time_on_chart_unit
        FROM held
        GROUP BY held.track_id
    ),

    counted AS (
        SELECT
            added.track_id,
            least(former.first_on, added.first_on) AS first_on,
            added.last_on,
            coalesce(former.rankings, 0) + added.rankings AS rankings,
            least(former.peak, added.peak) AS peak,
            CASE WHEN former.peak <= added.peak THEN former.peak_on END AS former_peak_on,
            former.api_peak,
            former.api_since,
            least(former.entry_date, added.entry_date) AS entry_date,
            added.last_position,
            added.time_on_chart,
            added.time_on_chart_unit
        FROM added
        LEFT JOIN stored AS former ON former.track_id = added.track_id AND NOT former.is_stale
    ),

    peaked AS (
        SELECT held.track_id, min(held.ranked_on) AS peak_on
        FROM held
        JOIN counted ON counted.track_id = held.track_id AND counted.peak = held.position
        GROUP BY held.track_id
    ),

    better AS MATERIALIZED (
        SELECT held.track_id, held.ranked_on, held.previous_position
        FROM held
        JOIN counted ON counted.track_id = held.track_id AND held.previous_position <= counted.peak
        WHERE NOT held.repeats
    ),

    dates AS MATERIALIZED (
        SELECT listed.ranked_on, before.ranked_on AS before_on, rankings.is_whole
        FROM (SELECT DISTINCT better.ranked_on FROM better) AS listed
        LEFT JOIN LATERAL ranking_before(of_chart, listed.ranked_on) AS before ON true
        LEFT JOIN chart_rankings AS rankings
            ON rankings.chart_id = of_chart AND rankings.ranked_on = before.ranked_on
    ),

    from_api AS (
        SELECT
            better.track_id,
            min(better.previous_position) AS peak,
            min(coalesce(dates.before_on, '0001-01-01')) AS since
        FROM better
        JOIN dates ON dates.ranked_on = better.ranked_on
        WHERE dates.is_whole IS NOT TRUE
            AND NOT EXISTS (
                SELECT FROM chart_ranking_entries AS former
                WHERE former.chart_id = of_chart
                    AND former.ranked_on = dates.before_on
                    AND former.track_id = better.track_id
            )
        GROUP BY better.track_id
    ),

    gone AS (
        DELETE FROM chart_tracks AS known
        USING stored
        WHERE known.chart_id = of_chart
            AND known.track_id = stored.track_id
            AND stored.is_stale
            AND NOT EXISTS (SELECT FROM added WHERE added.track_id = known.track_id)
    )

    INSERT INTO chart_tracks AS known (
        chart_id, track_id, first_on, last_on, rankings, peak, peak_on, api_peak, api_since, entry_date, last_position,
        time_on_chart, time_on_chart_unit
    )
    SELECT
        of_chart,
        counted.track_id,
        counted.first_on,
        counted.last_on,
        counted.rankings,
        counted.peak,
        coalesce(counted.former_peak_on, peaked.peak_on),
        least(counted.api_peak, from_api.peak),
        least(counted.api_since, from_api.since),
        counted.entry_date,
        counted.last_position,
        counted.time_on_chart,
        counted.time_on_chart_unit
    FROM counted
    LEFT JOIN peaked ON peaked.track_id = counted.track_id
    LEFT JOIN from_api ON from_api.track_id = counted.track_id
    ON CONFLICT (chart_id, track_id) DO UPDATE SET
        first_on = excluded.first_on,
        last_on = excluded.last_on,
        rankings = excluded.rankings,
        peak = excluded.peak,
        peak_on = excluded.peak_on,
        api_peak = excluded.api_peak,
        api_since = excluded.api_since,
        entry_date = excluded.entry_date,
        last_position = excluded.last_position,
        time_on_chart = excluded.time_on_chart,
        time_on_chart_unit = excluded.time_on_chart_unit
    WHERE (known.*) IS DISTINCT FROM (excluded.*);
END;

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
