"""`python -m launcher run` and `python -m launcher assets`."""

import argparse
import sys

from launcher.assets import build_assets
from launcher.errors import LaunchError
from launcher.run import run, say
from webapp.config import SettingError


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m launcher", description="Starts Trackpulse.")
    parser.add_argument(
        "command", choices=("run", "assets"), help="start everything, or build the assets only"
    )
    try:
        if parser.parse_args().command == "run":
            run()
        else:
            build_assets(say)
    except (LaunchError, SettingError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        say("Stopped.")


if __name__ == "__main__":
    main()
