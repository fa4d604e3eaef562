-- Settings that override their defaults at run time.
CREATE TABLE app_settings (
    name text PRIMARY KEY,
    value integer NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by bigint REFERENCES users ON DELETE RESTRICT
);

-- Paused queues with reasons. An operator's pause lasts until an operator lifts it; the others are set and lifted by
-- the schedule, depending on the quota.
CREATE TABLE queue_pauses (
    queue text NOT NULL CHECK (queue IN ('interactive', 'sync', 'default', 'backfill')),
    kind text NOT NULL CHECK (kind IN ('operator', 'reserve', 'share')),
    reason text NOT NULL DEFAULT '',
    paused_at timestamptz NOT NULL DEFAULT now(),
    paused_by bigint REFERENCES users ON DELETE RESTRICT,
    lasts_until timestamptz,
    PRIMARY KEY (queue, kind)
);

COMMENT ON COLUMN queue_pauses.lasts_until IS 'when it is expected to end; null: when somebody lifts it';

ALTER TABLE api_pause ADD COLUMN lasts_until timestamptz;

COMMENT ON COLUMN api_pause.lasts_until IS 'the next billing day, when there should be calls again';

ALTER TABLE api_calls ADD COLUMN queue text NOT NULL DEFAULT '';

-- The calls for a ranking: a page holds 100 entries. One of unknown length needs one call.
CREATE FUNCTION ranking_pages(entries integer) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN greatest((coalesce(entries, 0) + 99) / 100, 1);

CREATE FUNCTION chart_syncs_a_day(hours integer, frequency text) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN 86400 / extract(epoch FROM chart_sync_wait(hours, frequency))::double precision;

COMMENT ON COLUMN api_calls.queue IS 'the queue of its run, so that each queue''s share can be told; empty: none';

-- Batches: requests for many subjects at once, and their results.
CREATE TABLE batches (
    uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    action text NOT NULL CHECK (action IN ('fetch', 'artists', 'import')),
    args jsonb NOT NULL DEFAULT '{}',
    requested_by bigint NOT NULL REFERENCES users ON DELETE RESTRICT,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX batches_by_user ON batches (requested_by, created_at DESC);

-- outcome: wished (requested; the run has the result), fresh or known (nothing to do), refused (reason in note).
CREATE TABLE batch_items (
    batch_uuid uuid NOT NULL REFERENCES batches ON DELETE CASCADE,
    position integer NOT NULL CHECK (position >= 1),
    subject text NOT NULL,
    track_uuid uuid,
    artist_uuid uuid,
    platform_id integer REFERENCES platforms ON DELETE RESTRICT,
    run_uuid uuid REFERENCES job_runs ON DELETE SET NULL,
    outcome text NOT NULL CHECK (outcome IN ('wished', 'fresh', 'known', 'refused')),
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (batch_uuid, position)
);

COMMENT ON COLUMN batch_items.position IS 'the place in the batch; of an import the line in what was given';
COMMENT ON COLUMN batch_items.subject IS 'what was asked for, in words';
COMMENT ON COLUMN batch_items.track_uuid IS 'the song, as soon as it is known which; it need not be held yet';
COMMENT ON COLUMN batch_items.platform_id IS 'whose audience is fetched; null: the details';

CREATE INDEX batch_items_by_run ON batch_items (run_uuid) WHERE run_uuid IS NOT NULL;
CREATE INDEX batch_items_by_platform ON batch_items (platform_id) WHERE platform_id IS NOT NULL;

-- Every attempt of a run and its ending.
CREATE TABLE run_attempts (
    run_uuid uuid NOT NULL REFERENCES job_runs ON DELETE CASCADE,
    attempt integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    ending text NOT NULL DEFAULT '',
    error text NOT NULL DEFAULT '',
    PRIMARY KEY (run_uuid, attempt, started_at)
);

COMMENT ON COLUMN run_attempts.attempt IS 'its number; two share one where a spent quota gave the first back';
COMMENT ON COLUMN run_attempts.ending IS 'the state that it left the run in; empty while it runs';

-- The start and end of an attempt are recorded in the same transaction, by a trigger for all writers: the worker,
-- the sweep that finds the worker dead, and a user who cancels the run.
CREATE FUNCTION note_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'running' THEN
        INSERT INTO run_attempts (run_uuid, attempt, started_at) VALUES (NEW.uuid, NEW.attempt, now());
    ELSE
        UPDATE run_attempts
        SET ended_at = now(), ending = NEW.state, error = NEW.error
        WHERE run_uuid = NEW.uuid AND ended_at IS NULL;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER job_runs_note_attempt AFTER UPDATE OF state ON job_runs
    FOR EACH ROW WHEN ((OLD.state = 'running') <> (NEW.state = 'running'))
    EXECUTE FUNCTION note_attempt();

-- All runs of one subject, in order, to find those after a failed one; and those with a requester.
CREATE INDEX job_runs_by_subject ON job_runs (dedupe_key, number);
CREATE INDEX job_runs_by_requester ON job_runs (requested_by, number DESC) WHERE requested_by IS NOT NULL;

-- The log lines of a run.
CREATE TABLE run_lines (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_uuid uuid NOT NULL REFERENCES job_runs ON DELETE CASCADE,
    attempt integer NOT NULL,
    logged_at timestamptz NOT NULL DEFAULT now(),
    level text NOT NULL,
    line text NOT NULL
);

CREATE INDEX run_lines_by_run ON run_lines (run_uuid, id);

-- Refused payloads of the API: the requested path, the field, and the received value.
CREATE TABLE refused_payloads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_uuid uuid NOT NULL REFERENCES job_runs ON DELETE CASCADE,
    attempt integer NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT now(),
    path text NOT NULL,
    field text NOT NULL,
    value text NOT NULL,
    reason text NOT NULL
);

CREATE INDEX refused_payloads_by_run ON refused_payloads (run_uuid, id);
