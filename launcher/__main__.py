"""`python -m launcher run`, `assets`, `lint` and `audit`."""

import argparse
import sys
from collections.abc import Callable

from launcher.assets import build_assets, lint_assets
from launcher.audit import audit_dependencies
from launcher.errors import LaunchError
from launcher.run import run, say
from webapp.config import SettingError


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m launcher", description="Starts Trackpulse.")
    commands: dict[str, Callable[[], None]] = {
        "run": run,
        "assets": lambda: build_assets(say),
        "lint": lambda: lint_assets(say),
        "audit": lambda: audit_dependencies(say),
    }
    parser.add_argument("command", choices=commands, help="start everything, or do one part of it")
    try:
        commands[parser.parse_args().command]()
    except (LaunchError, SettingError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        say("Stopped.")


if __name__ == "__main__":
    main()
