"""The messages of the launcher: reports of progress, and the error that stops a start."""

from collections.abc import Callable

Report = Callable[[str], None]
"""Shows a sentence to the user."""


class LaunchError(RuntimeError):
    """The launcher cannot continue; the message is one sentence for the user."""
