"""Whether a pinned package is known to be vulnerable, as far as a database of vulnerabilities can be asked.

Packages of npm are not asked for: npm's audit wants a lock file, which this project does not keep.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from launcher.errors import LaunchError
from launcher.postgres import Say
from webapp.config import ROOT

UNREACHABLE = "The dependencies were not audited: no database of vulnerabilities can be reached from here."
# What pip-audit ends with where the database, or a proxy before it, does not answer.
NO_ANSWER = re.compile(r"ConnectionError|ProxyError|SSLError|HTTPError|Timeout|ServiceError")


def audit_dependencies(say: Say, pins: Path = ROOT / "constraints.txt", service: Sequence[str] = ()) -> None:
    """Says what the database knows of `pins`; `service` are pip-audit's options that name another one.

    Raises LaunchError for a known vulnerability, and where pip-audit cannot do its work. A database that
    cannot be reached is said, and is no error.
    """
    options = ["--requirement", str(pins), "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", *options, "--timeout", "10", "--format", "json", *service]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        if not NO_ANSWER.search(done.stderr):
            last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
            raise LaunchError(f"pip-audit failed: {last}") from None
        say(UNREACHABLE)
    else:
        say(verdict(report["dependencies"]))


def verdict(packages: list[dict[str, Any]]) -> str:
    """Returns the report in a sentence; raises LaunchError where it names a vulnerability."""
    flawed = [one for one in packages if one.get("vulns")]
    if flawed:
        known = ", ".join(f"{one['name']} {one['version']} ({_named(one['vulns'])})" for one in flawed)
        raise LaunchError(f"Known to be vulnerable: {known}.")
    unknown = [one["name"] for one in packages if "vulns" not in one]
    if len(unknown) == len(packages):
        return UNREACHABLE
    told = f"No known vulnerability in {len(packages) - len(unknown)} dependencies"
    return f"{told}; the database does not know {', '.join(unknown)}." if unknown else f"{told}."


def _named(vulnerabilities: list[dict[str, Any]]) -> str:
    """Returns each by its id, with the version that mends it."""
    return "; ".join(
        f"{one['id']}, fixed in {', '.join(one['fix_versions']) or 'no version'}" for one in vulnerabilities
    )
