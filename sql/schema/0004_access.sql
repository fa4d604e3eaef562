-- Refused requests and sign-ins, counted by caller and hour: the first few become audit events at once, the others
-- one common event. Audit events can never be deleted, so their number must be limited.
CREATE TABLE refusals (
    action text NOT NULL,
    caller text NOT NULL,
    hour timestamptz NOT NULL,
    user_id bigint REFERENCES users ON DELETE RESTRICT,
    actor text NOT NULL,
    address text NOT NULL,
    recorded integer NOT NULL,
    unrecorded integer NOT NULL,
    PRIMARY KEY (hour, action, caller)
);

COMMENT ON COLUMN refusals.caller IS 'what is counted together: a user, a token, or the network of nobody we know';
COMMENT ON COLUMN refusals.recorded IS 'refusals of this hour that are audit events of their own';
COMMENT ON COLUMN refusals.unrecorded IS 'those that came on top, and are in no audit event yet';

-- The user who changed a note last; NULL if it is unchanged.
ALTER TABLE notes ADD COLUMN changed_by bigint REFERENCES users ON DELETE RESTRICT;

-- Former changes are taken from their audit events. The dates of the notes stay, since this does not change them.
ALTER TABLE notes DISABLE TRIGGER notes_touch;

UPDATE notes SET changed_by = (
    SELECT audit_events.user_id
    FROM audit_events
    WHERE audit_events.action = 'note.change'
        AND audit_events.subject = coalesce(
            (SELECT 'track ' || tracks.uuid FROM tracks WHERE tracks.id = notes.track_id),
            (SELECT 'artist ' || artists.uuid FROM artists WHERE artists.id = notes.artist_id)
        )
        AND audit_events.after ->> 'text' = notes.text
        AND audit_events.after ->> 'on' = CAST(notes.noted_on AS text)
    ORDER BY audit_events.id DESC
    LIMIT 1
)
WHERE updated_at > created_at;

ALTER TABLE notes ENABLE TRIGGER notes_touch;

-- The requester of a run on a command line, as 'command line (anna)' with the machine's account. Empty for others.
ALTER TABLE job_runs ADD COLUMN command_line_user text NOT NULL DEFAULT '';

CREATE INDEX job_runs_by_command_line ON job_runs (command_line_user, number DESC) WHERE command_line_user <> '';
