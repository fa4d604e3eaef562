-- An artist unknown to the API: the stored data stay, and the artist is fetched again some days later.
UPDATE artists
SET metadata_error = 'The API does not know this artist.', metadata_due_at = now() + :due_days * interval '1 day'
WHERE uuid = CAST(:uuid AS uuid);
