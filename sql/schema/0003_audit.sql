-- The audit log: actions, actors, IP addresses and changes. Append only.
CREATE TABLE audit_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at timestamptz NOT NULL DEFAULT now(),
    user_id bigint REFERENCES users ON DELETE RESTRICT,
    actor text NOT NULL,
    address text NOT NULL DEFAULT '',
    action text NOT NULL,
    subject text NOT NULL DEFAULT '',
    before jsonb,
    after jsonb,
    request_id text NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT ''
);

COMMENT ON COLUMN audit_events.actor IS 'email of the user at the time, token and all; "command line"; or "nobody"';
COMMENT ON COLUMN audit_events.action IS 'what was done, as "platform.merge"';
COMMENT ON COLUMN audit_events.subject IS 'what it was done to, as "chart global-28"';

CREATE INDEX audit_events_by_user ON audit_events (user_id, id DESC);
CREATE INDEX audit_events_by_action ON audit_events (action, id DESC);
CREATE INDEX audit_events_by_subject ON audit_events (subject, id DESC);
CREATE INDEX audit_events_search ON audit_events USING gin (to_tsvector('simple', search_text));

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
