"""Starts Trackpulse and the servers it needs on a machine that has only git, make and Python."""
