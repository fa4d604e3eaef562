"""The data model, a file per aggregate."""

from webapp.models.artist import Artist
from webapp.models.audience import AudienceRevision, AudienceState, TrackAudienceTimeSeries
from webapp.models.chart import Chart, ChartRanking, ChartRankingEntry
from webapp.models.job_run import JobRun
from webapp.models.platform import Platform, PlatformAlias, fold
from webapp.models.track import Track, TrackArtist, TrackIdentifier
from webapp.models.user import ROLES, User, hash_password

__all__ = [
    "ROLES",
    "Artist",
    "AudienceRevision",
    "AudienceState",
    "Chart",
    "ChartRanking",
    "ChartRankingEntry",
    "JobRun",
    "Platform",
    "PlatformAlias",
    "Track",
    "TrackArtist",
    "TrackAudienceTimeSeries",
    "TrackIdentifier",
    "User",
    "fold",
    "hash_password",
]
