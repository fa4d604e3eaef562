"""`python -m launcher run`, `assets`, `lint` and `audit`."""

import argparse
import sys
from collections.abc import Callable

from launcher.assets import build_assets, lint_assets
from launcher.audit import audit_dependencies
from launcher.errors import LaunchError
from launcher.run import report, run
from webapp.config import SettingError


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m launcher", description="Starts Trackpulse.")
    commands: dict[str, Callable[[], None]] = {
        "run": run,
        "assets": lambda: build_assets(report),
        "lint": lambda: lint_assets(report),
        "audit": lambda: audit_dependencies(report),
    }
    parser.add_argument("command", choices=commands, help="start everything, or run one step")
    try:
        commands[parser.parse_args().command]()
    except (LaunchError, SettingError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        report("Stopped.")


if __name__ == "__main__":
    main()
