-- The tracks of a list, including those of its artists.
SELECT listed.track_id FROM list_track_ids(:list_id) AS listed;
