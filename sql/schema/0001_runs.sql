-- Runs: every requested job, and every call to the API. This is the source of truth; Redis only transports.

CREATE TABLE job_runs (
    uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    task text NOT NULL,
    args jsonb NOT NULL DEFAULT '{}',
    queue text NOT NULL CHECK (queue IN ('interactive', 'sync', 'default', 'backfill')),
    dedupe_key text NOT NULL,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled')),
    forced boolean NOT NULL DEFAULT false,
    again jsonb,
    attempt integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL DEFAULT 5,
    requested_by bigint,
    parent_uuid uuid,
    run_after timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    heartbeat_at timestamptz,
    finished_at timestamptz,
    pages integer NOT NULL DEFAULT 0,
    calls integer NOT NULL DEFAULT 0,
    records_created integer NOT NULL DEFAULT 0,
    records_updated integer NOT NULL DEFAULT 0,
    records_unchanged integer NOT NULL DEFAULT 0,
    message text NOT NULL DEFAULT '',
    error text NOT NULL DEFAULT ''
);

COMMENT ON COLUMN job_runs.number IS 'order of arrival, for the place in the queue and for paging';
COMMENT ON COLUMN job_runs.again IS 'arguments of one more pass, asked for by force while it was running';
COMMENT ON COLUMN job_runs.calls IS 'tries sent to the API, failed ones too';

-- One live run per subject. Upserts must contain this predicate as literal SQL.
CREATE UNIQUE INDEX job_runs_unique_live ON job_runs (dedupe_key) WHERE state IN ('queued', 'running');
CREATE INDEX job_runs_live ON job_runs (state, queue, run_after, number) WHERE state IN ('queued', 'running');
CREATE INDEX job_runs_by_state ON job_runs (state, number DESC);
CREATE INDEX job_runs_by_task ON job_runs (task, number DESC);
CREATE INDEX job_runs_by_parent ON job_runs (parent_uuid) WHERE parent_uuid IS NOT NULL;

CREATE TABLE api_calls (
    started_at timestamptz NOT NULL,
    run_uuid uuid,
    endpoint text NOT NULL,
    path text NOT NULL,
    status integer,
    error text NOT NULL DEFAULT '',
    duration_ms integer NOT NULL,
    quota_left bigint
);

COMMENT ON COLUMN api_calls.status IS 'HTTP status; null where no answer came';
COMMENT ON COLUMN api_calls.quota_left IS 'x-quota-remaining; null where the answer did not say';

CREATE INDEX api_calls_by_time ON api_calls (started_at DESC);
CREATE INDEX api_calls_by_run ON api_calls (run_uuid, started_at);

-- One row while the API's quota is spent; all API work waits until it is deleted.
CREATE TABLE api_pause (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    reason text NOT NULL,
    paused_at timestamptz NOT NULL DEFAULT now(),
    next_check_at timestamptz NOT NULL
);
