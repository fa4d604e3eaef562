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

-- As before, without a read of all entries of the tracks.
CREATE OR REPLACE FUNCTION list_chart_ids(of_list bigint) RETURNS TABLE (chart_id integer) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT charts.id
    FROM list_track_ids(of_list) AS listed
    JOIN chart_tracks AS stood ON stood.track_id = listed.track_id
    JOIN charts ON charts.id = stood.chart_id AND charts.last_ranked_on = stood.last_on
$$;
