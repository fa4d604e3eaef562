"""`trackpulse run`; in the project's folder also `assets`, `lint` and `audit`."""

import argparse
import sys
from collections.abc import Callable

from launcher.assets import ASSETS, build_assets, lint_assets
from launcher.audit import audit_dependencies
from launcher.errors import LaunchError
from launcher.run import report, run
from webapp.config import SettingError


def main() -> None:
    parser = argparse.ArgumentParser(prog="trackpulse", description="Starts Trackpulse.")
    known = commands()
    parser.add_argument("command", choices=known, help="what to do")
    try:
        known[parser.parse_args().command]()
    except (LaunchError, SettingError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        report("Stopped.")


def commands() -> dict[str, Callable[[], None]]:
    """Returns the commands by name; an installation has nothing to build or check."""
    of_the_project: dict[str, Callable[[], None]] = {
        "assets": lambda: build_assets(report),
        "lint": lambda: lint_assets(report),
        "audit": lambda: audit_dependencies(report),
    }
    return {"run": run} | (of_the_project if ASSETS.is_dir() else {})


if __name__ == "__main__":
    main()
