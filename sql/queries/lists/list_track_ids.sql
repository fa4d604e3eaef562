-- The tracks that a list stands for.
SELECT listed.track_id FROM list_track_ids(:list_id) AS listed;
