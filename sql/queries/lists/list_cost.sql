-- The series that a list's tracks have, one for each platform with song audience that a track is on. Those of which the
-- API has nothing are left out: they are asked for once a month, whatever list they are on.
SELECT count(*) AS series, count(DISTINCT states.track_id) AS tracks
FROM list_track_ids(:list_id) AS listed
JOIN tracks ON tracks.id = listed.track_id AND tracks.with_audience
JOIN audience_states AS states ON states.track_id = listed.track_id AND states.status NOT IN ('empty', 'absent')
JOIN platforms ON platforms.id = states.platform_id AND platforms.has_song_audience;
