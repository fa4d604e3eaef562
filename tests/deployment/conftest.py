"""docker-compose.yml, the Dockerfile, and the services that they describe on servers of the test's own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.deployment.files import Instruction, read_compose, read_dockerfile
from tests.deployment.site import Site, answers, database_of_the_image, make_secrets, wait_for
from tests.deployment.wheels import copy_for_image, install
from tests.sandbox_server import Sandbox


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    return read_compose({})


@pytest.fixture(scope="session")
def dockerfile() -> list[Instruction]:
    return read_dockerfile()


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory, sandbox_server: Sandbox, worker_number: int
) -> Iterator[Site]:
    """The wheel, the secrets, an empty database and Valkey; nothing of the site runs yet."""
    folder = tmp_path_factory.mktemp("image")
    site = Site(folder, sandbox_server.url, f"image_{worker_number}")
    copy_for_image(folder / "source")
    install(folder / "source", site.packages)
    make_secrets(site)
    (folder / "valkey").mkdir()
    with database_of_the_image(site), site.running("valkey"):
        wait_for(lambda: answers(site), lambda: site.log("valkey"))
        yield site
