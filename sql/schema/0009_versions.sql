-- How often each part of the data has changed, for the keys of cached cards: one small read in place of a look at the
-- data. A part's version is the sum of its slots, so that transactions that write at the same time rarely wait for each
-- other.
CREATE TABLE data_versions (
    part text NOT NULL CHECK (part IN ('charts', 'rankings', 'tracks', 'audience')),
    slot integer NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (part, slot)
) WITH (fillfactor = 50);

COMMENT ON TABLE data_versions IS 'raised by triggers, in the transaction that changes the data';

CREATE FUNCTION raise_version(changed_part text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO data_versions AS known (part, slot) VALUES (changed_part, pg_backend_pid() % 16)
    ON CONFLICT (part, slot) DO UPDATE SET version = known.version + 1
$$;

-- Arguments: the part; and of updated rows the columns that count, of others which rows count.
CREATE FUNCTION raise_version_if_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changes text := CASE TG_OP
        WHEN 'UPDATE' THEN format('SELECT %1$s FROM after EXCEPT ALL SELECT %1$s FROM before', TG_ARGV[1])
        ELSE format('SELECT FROM changed WHERE %s', TG_ARGV[1])
    END;
    counts boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (%s)', changes) INTO counts;
    IF counts THEN
        PERFORM raise_version(TG_ARGV[0]);
    END IF;
    RETURN NULL;
END
$$;

-- A chart's own version is raised whenever its rankings change.
CREATE TRIGGER charts_raise_rankings AFTER UPDATE ON charts
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION raise_version_if_changed('rankings', 'id, version');
CREATE TRIGGER charts_raise_updated AFTER UPDATE ON charts
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION raise_version_if_changed(
        'charts',
        'id, slug, name, platform_id, country_code, country_name, city_name, frequency, sync_enabled, last_ranked_on, '
        'last_synced_at, sync_failed_at, sync_error'
    );
CREATE TRIGGER charts_raise_inserted AFTER INSERT ON charts
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION raise_version_if_changed('charts', 'true');
CREATE TRIGGER charts_raise_deleted AFTER DELETE ON charts
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION raise_version_if_changed('charts', 'true');
CREATE TRIGGER platforms_raise_updated AFTER UPDATE ON platforms
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION raise_version_if_changed('charts', 'id, slug, name, audience_metric_name, plot_rule');

CREATE TRIGGER tracks_raise_updated AFTER UPDATE ON tracks
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION raise_version_if_changed('tracks', 'id, uuid, name, credit_name, release_date, image_url');
CREATE TRIGGER tracks_raise_deleted AFTER DELETE ON tracks
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION raise_version_if_changed('tracks', 'true');

-- A series' own version is raised whenever its values change; the state of one without values shows nothing.
CREATE TRIGGER audience_states_raise_updated AFTER UPDATE ON audience_states
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION raise_version_if_changed(
        'audience',
        'track_id, platform_id, version, first_date, last_date, latest_value, fell_on, gain_7_days, gain_7_days_covers, '
        'gain_7_days_caveat, gain_7_days_before'
    );
CREATE TRIGGER audience_states_raise_inserted AFTER INSERT ON audience_states
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION raise_version_if_changed('audience', 'last_date IS NOT NULL');
CREATE TRIGGER audience_states_raise_deleted AFTER DELETE ON audience_states
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION raise_version_if_changed('audience', 'last_date IS NOT NULL');

-- The index of runs that wrote was for the former versions alone.
DROP INDEX job_runs_wrote;

-- When a chart's newest ranking was stored: without this index the one of all charts was read, back from the newest.
CREATE INDEX chart_rankings_by_chart ON chart_rankings (chart_id, fetched_at);
-- The runs of one platform, of which there may be few.
CREATE INDEX job_runs_by_platform ON job_runs ((args ->> 'platform'), number DESC)
WHERE args ->> 'platform' IS NOT NULL;
