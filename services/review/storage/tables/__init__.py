"""The tables, one file for each aggregate."""

from services.review.storage.tables.base import Base
from services.review.storage.tables.events import EventDelivery, EventRecord
from services.review.storage.tables.flow_definitions import FlowDefinition
from services.review.storage.tables.human_loops import Claim, HumanLoop, Slot
from services.review.storage.tables.human_task_uis import HumanTaskUi
from services.review.storage.tables.outbox import OutboxRecord
from services.review.storage.tables.people import Invitation, ProviderSignIn, ProviderToken, WorkerIdentity
from services.review.storage.tables.tags import Tag
from services.review.storage.tables.workers import SignInFailure, Worker, WorkerGroup, WorkerSession
from services.review.storage.tables.workforces import Workforce
from services.review.storage.tables.workteams import Workteam

__all__ = [
    "Base",
    "Claim",
    "EventDelivery",
    "EventRecord",
    "FlowDefinition",
    "HumanLoop",
    "HumanTaskUi",
    "Invitation",
    "OutboxRecord",
    "ProviderSignIn",
    "ProviderToken",
    "SignInFailure",
    "Slot",
    "Tag",
    "Worker",
    "WorkerGroup",
    "WorkerIdentity",
    "WorkerSession",
    "Workforce",
    "Workteam",
]
