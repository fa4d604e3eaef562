"""Checks the pinned packages against a database of known vulnerabilities, if it can be reached.

npm's packages are not checked: npm's audit requires a lock file, which this project does not have.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from launcher.assets import ROOT
from launcher.errors import LaunchError, Report

UNREACHABLE = "The dependencies were not audited: the vulnerability database cannot be reached."
# pip-audit's errors if the database, or a proxy in front of it, does not respond.
NO_ANSWER = re.compile(r"ConnectionError|ProxyError|SSLError|HTTPError|Timeout|ServiceError")


def audit_dependencies(
    report: Report, pins: Path = ROOT / "constraints.txt", service: Sequence[str] = ()
) -> None:
    """Reports the known vulnerabilities of `pins`; `service` are pip-audit's options for another database.

    Raises LaunchError for a known vulnerability, and if pip-audit fails. An unreachable database is reported,
    but is not an error.
    """
    options = ["--requirement", str(pins), "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", *options, "--timeout", "10", "--format", "json", *service]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        audit = json.loads(done.stdout)
    except ValueError:
        if not NO_ANSWER.search(done.stderr):
            last = (done.stderr.strip() or "it printed nothing").splitlines()[-1]
            raise LaunchError(f"pip-audit failed: {last}") from None
        report(UNREACHABLE)
    else:
        report(verdict(audit["dependencies"]))


def verdict(packages: list[dict[str, Any]]) -> str:
    """Returns the result in a sentence. Raises LaunchError for a vulnerability."""
    flawed = [one for one in packages if one.get("vulns")]
    if flawed:
        known = ", ".join(f"{one['name']} {one['version']} ({_named(one['vulns'])})" for one in flawed)
        raise LaunchError(f"Known vulnerabilities: {known}.")
    unknown = [one["name"] for one in packages if "vulns" not in one]
    if len(unknown) == len(packages):
        return UNREACHABLE
    result = f"No known vulnerability in {len(packages) - len(unknown)} dependencies"
    return f"{result}; the database does not know {', '.join(unknown)}." if unknown else f"{result}."


def _named(vulnerabilities: list[dict[str, Any]]) -> str:
    """Returns each vulnerability by its id, with the versions that fix it."""
    return "; ".join(
        f"{one['id']}, fixed in {', '.join(one['fix_versions']) or 'no version'}" for one in vulnerabilities
    )
