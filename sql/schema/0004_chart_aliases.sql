-- Charts with several slugs: the API renames a chart, and an operator joins it to its history.
CREATE TABLE chart_aliases (
    slug text PRIMARY KEY CHECK (slug <> ''),
    chart_id integer NOT NULL REFERENCES charts ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE chart_aliases IS 'former slugs of a chart; whatever names a chart by slug resolves them';

CREATE INDEX chart_aliases_by_chart ON chart_aliases (chart_id);

-- Every slug of a chart: its own and its aliases.
CREATE VIEW chart_slugs AS
SELECT slug, id AS chart_id FROM charts
UNION ALL
SELECT slug, chart_id FROM chart_aliases;

-- Replaces an alias by the chart's own slug before the row is checked, so that ON CONFLICT (slug) finds the right
-- chart for every writer.
CREATE FUNCTION chart_alias_to_slug() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text;
BEGIN
    SELECT charts.slug INTO kept
    FROM chart_aliases
    JOIN charts ON charts.id = chart_aliases.chart_id
    WHERE chart_aliases.slug = NEW.slug;
    NEW.slug := coalesce(kept, NEW.slug);
    RETURN NEW;
END
$$;

CREATE TRIGGER charts_alias BEFORE INSERT ON charts
    FOR EACH ROW EXECUTE FUNCTION chart_alias_to_slug();

-- As before, but a run with an alias of the chart also belongs to it.
CREATE OR REPLACE FUNCTION note_failed_sync() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE charts
    SET
        sync_failed_at = NEW.finished_at,
        sync_error = NEW.error,
        next_sync_at = CASE NEW.state
            WHEN 'dead' THEN least(next_sync_at, now() + interval '1 hour')
            ELSE next_sync_at
        END
    WHERE id = (SELECT chart_id FROM chart_slugs WHERE slug = NEW.args ->> 'chart');
    RETURN NEW;
END
$$;

-- The dates with a ranking of both charts. The one that the API confirmed last stays; of two at the same time the
-- winner's.
CREATE FUNCTION chart_overlaps(winner integer, loser integer)
RETURNS TABLE (ranked_on date, loser_stays boolean, winner_entries integer, loser_entries integer)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT kept.ranked_on, lost.checked_at > kept.checked_at, kept.entry_count, lost.entry_count
    FROM chart_rankings AS kept
    JOIN chart_rankings AS lost ON lost.chart_id = loser AND lost.ranked_on = kept.ranked_on
    WHERE kept.chart_id = winner;
END;

-- The dropped entries on these dates that differ from those of the ranking that stays.
CREATE FUNCTION chart_overlap_entries(winner integer, loser integer) RETURNS SETOF chart_ranking_entries
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT former.*
    FROM chart_overlaps(winner, loser) AS shared
    JOIN chart_ranking_entries AS former
        ON former.ranked_on = shared.ranked_on
        AND former.chart_id = CASE WHEN shared.loser_stays THEN winner ELSE loser END
    LEFT JOIN chart_ranking_entries AS staying
        ON staying.chart_id = CASE WHEN shared.loser_stays THEN loser ELSE winner END
        AND staying.ranked_on = former.ranked_on
        AND staying.position = former.position
        AND staying.ordinal = former.ordinal
    WHERE (
        former.track_id, former.previous_position, former.evolution, former.metric, former.entry_date,
        former.time_on_chart, former.time_on_chart_unit, former.repeats
    ) IS DISTINCT FROM (
        staying.track_id, staying.previous_position, staying.evolution, staying.metric, staying.entry_date,
        staying.time_on_chart, staying.time_on_chart_unit, staying.repeats
    );
END;
