"""The data model, one file per aggregate."""

from webapp.models.access import ApiToken, PasswordReset, UserSession, token_hash
from webapp.models.app_setting import AppSetting
from webapp.models.artist import Artist
from webapp.models.audience import (
    AudienceRevision,
    AudienceSetAside,
    AudienceState,
    TrackAudienceTimeSeries,
)
from webapp.models.audit import AuditEvent
from webapp.models.batch import Batch, BatchItem
from webapp.models.chart import Chart, ChartAlias, ChartRanking, ChartRankingEntry
from webapp.models.job_run import JobRun
from webapp.models.note import Note
from webapp.models.platform import Platform, PlatformAlias, PlatformDistinction, fold, metric_kind
from webapp.models.queue_pause import QueuePause
from webapp.models.saved_view import SavedView
from webapp.models.table_file import TableFilePart
from webapp.models.track import Track, TrackAlias, TrackArtist, TrackIdentifier
from webapp.models.user import DEMO_LOGINS, ROLES, User, hash_password
from webapp.models.user_list import UserList

__all__ = [
    "DEMO_LOGINS",
    "ROLES",
    "ApiToken",
    "AppSetting",
    "Artist",
    "AudienceRevision",
    "AudienceSetAside",
    "AudienceState",
    "AuditEvent",
    "Batch",
    "BatchItem",
    "Chart",
    "ChartAlias",
    "ChartRanking",
    "ChartRankingEntry",
    "JobRun",
    "Note",
    "PasswordReset",
    "Platform",
    "PlatformAlias",
    "PlatformDistinction",
    "QueuePause",
    "SavedView",
    "TableFilePart",
    "Track",
    "TrackAlias",
    "TrackArtist",
    "TrackAudienceTimeSeries",
    "TrackIdentifier",
    "User",
    "UserList",
    "UserSession",
    "fold",
    "hash_password",
    "metric_kind",
    "token_hash",
]
