"""The data model, a file per aggregate."""

from webapp.models.access import ApiToken, PasswordReset, UserSession, token_hash
from webapp.models.app_setting import AppSetting
from webapp.models.artist import Artist
from webapp.models.audience import AudienceRevision, AudienceState, TrackAudienceTimeSeries
from webapp.models.audit import AuditEvent
from webapp.models.chart import Chart, ChartRanking, ChartRankingEntry
from webapp.models.job_run import JobRun
from webapp.models.platform import Platform, PlatformAlias, fold
from webapp.models.track import Track, TrackArtist, TrackIdentifier
from webapp.models.user import ROLES, User, hash_password

__all__ = [
    "ROLES",
    "ApiToken",
    "AppSetting",
    "Artist",
    "AudienceRevision",
    "AudienceState",
    "AuditEvent",
    "Chart",
    "ChartRanking",
    "ChartRankingEntry",
    "JobRun",
    "PasswordReset",
    "Platform",
    "PlatformAlias",
    "Track",
    "TrackArtist",
    "TrackAudienceTimeSeries",
    "TrackIdentifier",
    "User",
    "UserSession",
    "fold",
    "hash_password",
    "token_hash",
]
