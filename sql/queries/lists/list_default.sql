-- A user's list of starred tracks, created at the first star; a list that already has its name is used.
INSERT INTO lists (owner_id, name, is_default)
VALUES (:user_id, :name, true)
ON CONFLICT (owner_id, lower(name)) DO UPDATE SET is_default = true;
