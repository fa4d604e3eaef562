"""What stops a start."""


class LaunchError(RuntimeError):
    """Something the launcher cannot go on without; its message is one sentence for who started it."""
