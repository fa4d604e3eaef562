"""The error that stops a start."""


class LaunchError(RuntimeError):
    """The launcher cannot continue; the message is one sentence for the user."""
