-- The series of a list's tracks, one for each platform with song audience that a track is on. Series that the API
-- does not have are not counted: they are fetched once a month, on any list.
SELECT count(*) AS series, count(DISTINCT states.track_id) AS tracks
FROM list_track_ids(:list_id) AS listed
JOIN tracks ON tracks.id = listed.track_id AND tracks.with_audience
JOIN audience_states AS states ON states.track_id = listed.track_id AND states.status NOT IN ('empty', 'absent')
JOIN platforms ON platforms.id = states.platform_id AND platforms.has_song_audience;
