-- Users. Email addresses are unique ignoring case.
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL,
    password_hash text NOT NULL,
    role text NOT NULL DEFAULT 'viewer' CHECK (role IN ('viewer', 'operator', 'admin')),
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX users_unique_email ON users (lower(email));

ALTER TABLE job_runs ADD FOREIGN KEY (requested_by) REFERENCES users ON DELETE RESTRICT;
