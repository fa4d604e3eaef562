-- Pairs of platforms that somebody marked as distinct.
CREATE TABLE platform_distinctions (
    platform_id integer NOT NULL REFERENCES platforms ON DELETE CASCADE,
    other_id integer NOT NULL REFERENCES platforms ON DELETE CASCADE,
    decided_at timestamptz NOT NULL DEFAULT now(),
    decided_by bigint REFERENCES users ON DELETE RESTRICT,
    PRIMARY KEY (platform_id, other_id),
    CHECK (platform_id < other_id)
);
