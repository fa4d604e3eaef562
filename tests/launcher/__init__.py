"""Tests of what starts everything."""
