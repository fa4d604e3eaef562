-- A user's list for what they star, made at the first star; one that already has its name becomes it.
INSERT INTO lists (owner_id, name, is_default)
VALUES (:user_id, :name, true)
ON CONFLICT (owner_id, lower(name)) DO UPDATE SET is_default = true;
