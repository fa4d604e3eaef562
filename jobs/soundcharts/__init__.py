"""The client of the SoundCharts API, and nothing else: no database, no Flask."""

from jobs.soundcharts.client import SoundChartsClient
from jobs.soundcharts.errors import (
    Forbidden,
    NoCredentials,
    NotFound,
    PayloadError,
    QuotaSpent,
    RateLimited,
    RateLimitUnavailable,
    Refused,
    SoundChartsError,
    TransientError,
    Unauthorized,
)
from jobs.soundcharts.schemas import (
    AudienceItem,
    AudioFeatures,
    Genre,
    Isrc,
    Label,
    Plot,
    Song,
    SongArtist,
    SongIdentifier,
    Usage,
)
from jobs.soundcharts.transport import ApiCall

__all__ = [
    "ApiCall",
    "AudienceItem",
    "AudioFeatures",
    "Forbidden",
    "Genre",
    "Isrc",
    "Label",
    "NoCredentials",
    "NotFound",
    "PayloadError",
    "Plot",
    "QuotaSpent",
    "RateLimitUnavailable",
    "RateLimited",
    "Refused",
    "Song",
    "SongArtist",
    "SongIdentifier",
    "SoundChartsClient",
    "SoundChartsError",
    "TransientError",
    "Unauthorized",
    "Usage",
]
