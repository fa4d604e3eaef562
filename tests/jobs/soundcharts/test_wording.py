"""The messages of SoundCharts' refusals: their meaning and what to do, then the details."""

import re
from datetime import date

import pytest

from jobs.soundcharts import Refused, SoundChartsClient
from jobs.soundcharts.answers import Reply, judge
from jobs.soundcharts.errors import SoundChartsError
from jobs.soundcharts.keys import Keys

from .conftest import settings_for
from .payloads import UUID, error
from .scripted import Scripted, ScriptedApi


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (400, "SoundCharts rejected the request for song audience: a date or a platform's code is wrong"),
        (403, "The plan of this API key does not include song audience; ask SoundCharts to add it"),
        (404, "SoundCharts does not know the requested song audience"),
        (405, "SoundCharts refused the request for song audience"),
        (410, "SoundCharts no longer has the requested song audience"),
    ],
)
def test_a_refusal_states_what_it_means(
    client: SoundChartsClient, api: ScriptedApi, status: int, sentence: str
) -> None:
    api.script = [Scripted(status, error(status, "So it is."))]
    with pytest.raises(Refused) as caught:
        client.song_audience(UUID, "spotify", start=date(2026, 1, 1), end=None)
    assert str(caught.value) == f"{sentence} ({status}: So it is)."


def test_without_the_words_of_the_api_the_status_stands_alone(
    client: SoundChartsClient, api: ScriptedApi
) -> None:
    api.script = [Scripted(403, b"")]
    with pytest.raises(Refused, match=r"does not include song; ask SoundCharts to add it \(403\)\.$"):
        client.song(UUID)


@pytest.mark.parametrize("status", range(300, 600))
def test_no_message_holds_the_name_of_an_endpoint(status: int) -> None:
    keys = Keys(settings_for("http://127.0.0.1:1"))
    with pytest.raises(SoundChartsError) as caught:
        judge("song_by_isrc", Reply(status, {}, b""), keys)
    said = str(caught.value)
    assert "song by ISRC" in said
    assert str(status) in said
    assert "_" not in re.sub(r"SOUNDCHARTS_\w+", "", said)
