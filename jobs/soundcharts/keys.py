"""The account's keys: puts them on requests, and hides them everywhere else (contract 1.2)."""

import re
from collections.abc import Callable

from requests import PreparedRequest
from requests.auth import HTTPBasicAuth

from jobs.soundcharts.errors import NoCredentials
from webapp.config import Settings

Auth = Callable[[PreparedRequest], PreparedRequest]


class Keys:
    """OAuth client credentials, which are preferred, or the legacy pair; never both."""

    def __init__(self, settings: Settings) -> None:
        self.oauth = bool(settings.soundcharts_client_id and settings.soundcharts_client_secret)
        legacy = settings.soundcharts_app_id, settings.soundcharts_api_key
        self._pair = (
            (settings.soundcharts_client_id, settings.soundcharts_client_secret) if self.oauth else legacy
        )
        self.settings_named = (
            "SOUNDCHARTS_CLIENT_ID and SOUNDCHARTS_CLIENT_SECRET"
            if self.oauth
            else "SOUNDCHARTS_APP_ID and SOUNDCHARTS_API_KEY"
        )
        self._token = ""
        self._check()

    def _check(self) -> None:
        if not all(self._pair):
            raise NoCredentials(
                "No SoundCharts keys are configured; set SOUNDCHARTS_CLIENT_ID and "
                "SOUNDCHARTS_CLIENT_SECRET, or SOUNDCHARTS_APP_ID and SOUNDCHARTS_API_KEY."
            )
        # The HTTP library would refuse other characters with an error that shows the key.
        if not self.oauth and not all(re.fullmatch(r"[\x21-\x7e]+", key) for key in self._pair):
            raise NoCredentials(f"{self.settings_named} may contain only visible ASCII characters.")

    @property
    def account(self) -> str:
        """The identity of the account; not a secret, but not meant for people either."""
        return self._pair[0]

    def use_token(self, token: str) -> None:
        self._token = token

    def api_auth(self) -> Auth:
        """Puts the keys on an API request; as an `auth`, a netrc file cannot replace them."""
        if self.oauth:
            return _headers({"Authorization": f"Bearer {self._token}"})
        return _headers({"x-app-id": self._pair[0], "x-api-key": self._pair[1]})

    def token_auth(self) -> Auth:
        """Puts the client's id and secret on a request for a token."""
        return HTTPBasicAuth(self._pair[0].encode(), self._pair[1].encode())

    def hide(self, text: str) -> str:
        """Returns `text` without keys and tokens that the API may have repeated in it."""
        for secret in filter(None, (*self._pair, self._token)):
            text = text.replace(secret, "***")
        return text


def _headers(headers: dict[str, str]) -> Auth:
    def show(request: PreparedRequest) -> PreparedRequest:
        request.headers.update(headers)
        return request

    return show
