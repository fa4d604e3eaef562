-- Makes the tracks of a list that is kept fresh due earlier: a day after their last fetch.
UPDATE audience_states AS states
SET due_at = least(states.due_at, coalesce(states.looked_at, now()) + make_interval(days => :days))
WHERE states.track_id IN (SELECT listed.track_id FROM list_track_ids(:list_id) AS listed)
    AND states.status = 'ok';
