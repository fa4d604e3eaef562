-- Charts, their rankings, and their cascade to tracks and artists.

-- The days from one ranking to the next. The API's frequency is free text; unknown ones count as weekly.
CREATE FUNCTION chart_period(frequency text) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN CASE lower(frequency) WHEN 'daily' THEN 1 WHEN 'monthly' THEN 31 ELSE 7 END;

-- The time from one sync of a chart to the next: its own hours, or depending on its frequency.
CREATE FUNCTION chart_sync_wait(hours integer, frequency text) RETURNS interval LANGUAGE sql IMMUTABLE
RETURN make_interval(hours => coalesce(
    hours, CASE lower(frequency) WHEN 'daily' THEN 12 WHEN 'monthly' THEN 72 ELSE 24 END
));

CREATE TABLE charts (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug <> ''),
    name text NOT NULL,
    platform_id integer NOT NULL REFERENCES platforms ON DELETE RESTRICT,
    country_code text NOT NULL DEFAULT '',
    country_name text NOT NULL DEFAULT '',
    city_name text NOT NULL DEFAULT '',
    frequency text NOT NULL DEFAULT '',
    max_entries integer CHECK (max_entries >= 0),
    metric_name text NOT NULL DEFAULT '',
    web_url text NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT '',
    sync_enabled boolean NOT NULL DEFAULT false,
    sync_hours integer CHECK (sync_hours BETWEEN 1 AND 2160),
    next_sync_at timestamptz,
    history_from date,
    with_metadata boolean NOT NULL DEFAULT true,
    with_artists boolean NOT NULL DEFAULT true,
    with_audience boolean NOT NULL DEFAULT true,
    last_ranked_on date,
    last_synced_at timestamptz,
    sync_failed_at timestamptz,
    sync_error text NOT NULL DEFAULT '',
    version bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN charts.country_code IS 'empty: worldwide';
COMMENT ON COLUMN charts.sync_hours IS 'hours between two syncs; null: as the frequency asks for';
COMMENT ON COLUMN charts.history_from IS 'rankings are wanted from this date on; null: as far back as the settings say';
COMMENT ON COLUMN charts.with_metadata IS 'the cascade: whether its tracks get metadata, their artists, and audience';
COMMENT ON COLUMN charts.sync_error IS 'why the last sync failed; empty once one succeeds';
COMMENT ON COLUMN charts.version IS 'raised in the transaction that changes its rankings';

CREATE INDEX charts_by_platform ON charts (platform_id, name);
CREATE INDEX charts_search ON charts USING gin (to_tsvector('simple', search_text));
CREATE INDEX charts_due ON charts (next_sync_at) WHERE sync_enabled;

CREATE TRIGGER charts_touch BEFORE UPDATE ON charts
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- A failed sync (refused, out of attempts, its worker killed each time) is noted on the chart in the same
-- transaction. After a temporary error it is retried within the hour; after a permanent one at its next time.
CREATE FUNCTION note_failed_sync() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE charts
    SET
        sync_failed_at = NEW.finished_at,
        sync_error = NEW.error,
        next_sync_at = CASE NEW.state
            WHEN 'dead' THEN least(next_sync_at, now() + interval '1 hour')
            ELSE next_sync_at
        END
    WHERE slug = NEW.args ->> 'chart';
    RETURN NEW;
END
$$;

CREATE TRIGGER job_runs_note_failed_sync AFTER UPDATE OF state ON job_runs
    FOR EACH ROW WHEN (NEW.task = 'sync_chart' AND NEW.state IN ('failed', 'dead'))
    EXECUTE FUNCTION note_failed_sync();

-- The dates with a ranking of the API, stored here or not; the basis of a back-fill.
CREATE TABLE chart_dates (
    chart_id integer NOT NULL REFERENCES charts ON DELETE RESTRICT,
    ranked_on date NOT NULL,
    ranked_at text NOT NULL,
    asked_at timestamptz,
    PRIMARY KEY (chart_id, ranked_on)
);

COMMENT ON COLUMN chart_dates.ranked_at IS 'the date-time as the API writes it, which is how it is asked for';
COMMENT ON COLUMN chart_dates.asked_at IS 'when a back-fill last wished for it: a date that gives nothing is not asked for at every sync';

-- A stored ranking, which is complete: it has at least the number of entries that the API reported.
CREATE TABLE chart_rankings (
    chart_id integer NOT NULL REFERENCES charts ON DELETE RESTRICT,
    ranked_on date NOT NULL,
    ranked_at text NOT NULL,
    entry_count integer NOT NULL CHECK (entry_count > 0),
    fetched_at timestamptz NOT NULL,
    checked_at timestamptz NOT NULL,
    replaced_at timestamptz,
    run_uuid uuid,
    PRIMARY KEY (chart_id, ranked_on)
);

COMMENT ON COLUMN chart_rankings.ranked_on IS 'the calendar date of ranked_at, as written';
COMMENT ON COLUMN chart_rankings.fetched_at IS 'when it was first stored; taking it again leaves this alone';
COMMENT ON COLUMN chart_rankings.checked_at IS 'when the API last said the same, or what replaced it';
COMMENT ON COLUMN chart_rankings.replaced_at IS 'when another ranking last took its place; null: it is as first stored';

CREATE INDEX chart_rankings_by_fetch ON chart_rankings (fetched_at);

-- A ranking that was set aside: shorter than the one stored, or empty. An operator may accept it.
CREATE TABLE chart_rankings_set_aside (
    chart_id integer NOT NULL REFERENCES charts ON DELETE RESTRICT,
    ranked_on date NOT NULL,
    ranked_at text NOT NULL,
    reason text NOT NULL,
    entry_count integer NOT NULL,
    entries jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    run_uuid uuid,
    PRIMARY KEY (chart_id, ranked_on)
);

COMMENT ON COLUMN chart_rankings_set_aside.entries IS 'in the API''s own field names; none where it was empty';

-- A plain table here; the engine step makes it a hypertable. The platform is stored with the chart, because a
-- continuous aggregate does not see changes in a joined table.
CREATE TABLE chart_ranking_entries (
    chart_id integer NOT NULL REFERENCES charts ON DELETE RESTRICT,
    ranked_on date NOT NULL,
    position integer NOT NULL CHECK (position >= 1),
    track_id bigint NOT NULL REFERENCES tracks ON DELETE RESTRICT,
    platform_id integer NOT NULL REFERENCES platforms ON DELETE RESTRICT,
    previous_position integer CHECK (previous_position >= 1),
    evolution integer,
    metric bigint,
    entry_date date,
    time_on_chart integer,
    time_on_chart_unit text NOT NULL DEFAULT '',
    repeats boolean NOT NULL DEFAULT false,
    PRIMARY KEY (chart_id, ranked_on, position)
);

COMMENT ON COLUMN chart_ranking_entries.previous_position IS 'what the API says; null: it names none';
COMMENT ON COLUMN chart_ranking_entries.entry_date IS 'the track''s first appearance on this chart, as the API says';
COMMENT ON COLUMN chart_ranking_entries.time_on_chart IS 'appearances, not elapsed time';
COMMENT ON COLUMN chart_ranking_entries.time_on_chart_unit IS 'DOC: days, WOC: weeks';
COMMENT ON COLUMN chart_ranking_entries.repeats IS 'the track stands higher in this ranking already: it entered once';

CREATE INDEX chart_ranking_entries_by_track ON chart_ranking_entries (track_id, ranked_on DESC, chart_id);

-- Former entries, replaced by another ranking of the same date. Append only.
CREATE TABLE chart_entry_revisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chart_id integer NOT NULL REFERENCES charts ON DELETE RESTRICT,
    ranked_on date NOT NULL,
    position integer NOT NULL,
    track_id bigint NOT NULL REFERENCES tracks ON DELETE RESTRICT,
    previous_position integer,
    evolution integer,
    metric bigint,
    entry_date date,
    time_on_chart integer,
    time_on_chart_unit text NOT NULL,
    revised_at timestamptz NOT NULL,
    run_uuid uuid
);

CREATE INDEX chart_entry_revisions_by_ranking ON chart_entry_revisions (chart_id, ranked_on, id);

-- The chart's previous date that is available: stored here, or known from the API's list. No row where it is the first.
CREATE FUNCTION ranking_before(of_chart integer, of_date date) RETURNS TABLE (ranked_on date, is_held boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT known.ranked_on, bool_or(known.is_held)
    FROM (
        (
            SELECT chart_rankings.ranked_on, true AS is_held FROM chart_rankings
            WHERE chart_rankings.chart_id = of_chart AND chart_rankings.ranked_on < of_date
            ORDER BY chart_rankings.ranked_on DESC
            LIMIT 1
        )
        UNION ALL
        (
            SELECT chart_dates.ranked_on, false FROM chart_dates
            WHERE chart_dates.chart_id = of_chart AND chart_dates.ranked_on < of_date
            ORDER BY chart_dates.ranked_on DESC
            LIMIT 1
        )
    ) AS known
    GROUP BY known.ranked_on
    ORDER BY known.ranked_on DESC
    LIMIT 1;
END;

-- How each entry of a ranking moved: derived against the previous available date, and where that one is not held,
-- taken from the API's own previous position, which `is_from_api` says. The only definition of a movement.
-- new: the API says that the track first appeared on this date; re_entry: it is older here (by its entry date, its
-- appearances so far, or a ranking of ours) and was absent before; unknown: neither source tells. A chart's first ranking has nobody new: there was nothing to be absent from.
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

-- The only definition of a chart's health. healthy: its newest ranking is no older than the frequency allows, and two
-- days more, since the API itself is a day or two behind; active: a ranking was stored within 7 days, or a period and
-- a half where that is longer.
CREATE VIEW chart_health AS
SELECT
    charts.id AS chart_id,
    CASE
        WHEN NOT charts.sync_enabled THEN 'idle'
        WHEN charts.sync_error <> '' THEN 'failing'
        WHEN charts.last_ranked_on >= current_date - chart_period(charts.frequency) - 2 THEN 'healthy'
        ELSE 'late'
    END AS health,
    charts.sync_enabled AND coalesce(
        newest.fetched_at >= now() - greatest(
            interval '7 days', chart_period(charts.frequency) * interval '36 hours'
        ),
        false
    ) AS is_active
FROM charts
LEFT JOIN LATERAL (
    SELECT max(chart_rankings.fetched_at) AS fetched_at
    FROM chart_rankings
    WHERE chart_rankings.chart_id = charts.id
) AS newest ON true;

ALTER TABLE tracks
ADD COLUMN with_metadata boolean NOT NULL DEFAULT true,
ADD COLUMN with_artists boolean NOT NULL DEFAULT true,
ADD COLUMN with_audience boolean NOT NULL DEFAULT true,
ADD COLUMN last_charted_on date;

COMMENT ON COLUMN tracks.with_metadata IS 'the cascade: some chart that has the track wants its metadata, artists and audience; true for tracks that no chart brought';
-- Rows that no chart wants are never due, so the index excludes them.
DROP INDEX tracks_metadata_due;
CREATE INDEX tracks_metadata_due ON tracks (metadata_due_at) WHERE with_metadata;

COMMENT ON COLUMN tracks.last_charted_on IS 'the newest ranking of any chart that has the track';

ALTER TABLE artists
ADD COLUMN web_url text NOT NULL DEFAULT '',
ADD COLUMN city_name text NOT NULL DEFAULT '',
ADD COLUMN gender text NOT NULL DEFAULT '',
ADD COLUMN artist_type text NOT NULL DEFAULT '',
ADD COLUMN birth_date date,
ADD COLUMN career_stage text NOT NULL DEFAULT '',
ADD COLUMN growth_level text NOT NULL DEFAULT '',
ADD COLUMN search_text text NOT NULL DEFAULT '',
ADD COLUMN metadata_error text NOT NULL DEFAULT '',
ADD COLUMN metadata_due_at timestamptz;

-- Folds text like the application, for existing artists: without accents and apostrophes.
UPDATE artists
SET search_text = lower(regexp_replace(normalize(name, NFKD), U&'[\0300-\036F''`\2019\02BC]', '', 'g')), metadata_due_at = now();

COMMENT ON COLUMN artists.metadata_due_at IS 'null: nobody asked for this artist''s metadata yet';

CREATE INDEX artists_search ON artists USING gin (to_tsvector('simple', search_text));
CREATE INDEX artists_by_name ON artists (lower(name), id);
CREATE INDEX artists_metadata_due ON artists (metadata_due_at);

-- Existing artists have none of these yet.
UPDATE artists SET metadata_due_at = now();

ALTER TABLE api_calls ADD COLUMN platform text NOT NULL DEFAULT '';

COMMENT ON COLUMN api_calls.platform IS 'slug of the platform that the run was about; empty: none';

CREATE INDEX job_runs_wrote ON job_runs (finished_at) WHERE records_created + records_updated > 0;
CREATE INDEX job_runs_by_chart ON job_runs ((args ->> 'chart'), number DESC) WHERE args ->> 'chart' IS NOT NULL;
