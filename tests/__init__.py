"""The tests mirror the folders of the project, and tests/browser runs Chromium."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder."""
