"""Starts Trackpulse and its servers on a machine with only git, make and Python."""
