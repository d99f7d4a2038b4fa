"""The compose stack as its own containers see it: addresses and passwords from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ComposeAddresses:
    """Where the parts answer; Airflow and the portal are reached through the proxy, as browsers reach them."""

    airflow_url: str
    review_page_url: str
    review_url: str
    aws_url: str
    sagemaker_url: str
    loops: Path
    events_queue_url: str

    @property
    def portal_url(self) -> str:
        """The reviewers' page."""
        return f"{self.review_page_url}/portal/"


@dataclass(frozen=True)
class ComposePasswords:
    """What opens the parts."""

    aws_secret_key: str
    airflow_password: str
    reviewer_password: str
    administrator_password: str


@dataclass(frozen=True)
class ComposePlace:
    """The stack of docker-compose.yaml with the profile local-aws."""

    settings: ComposeAddresses
    secrets: ComposePasswords

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> ComposePlace:
        """Read what docker-compose.yaml gives its demo containers.

        :raises SettingError: if a variable is missing.
        """
        return cls(
            ComposeAddresses(
                airflow_url=_given(environment, "DEMO_AIRFLOW_URL"),
                review_page_url=_given(environment, "DEMO_REVIEW_PAGE_URL"),
                review_url=_given(environment, "DEMO_REVIEW_URL"),
                aws_url=_given(environment, "DEMO_AWS_URL"),
                sagemaker_url=_given(environment, "DEMO_SAGEMAKER_URL"),
                loops=Path(_given(environment, "NIGHTLOOP_LOOPS")),
                events_queue_url=_given(environment, "NIGHTLOOP_REVIEW_EVENT_QUEUE_URL"),
            ),
            ComposePasswords(
                aws_secret_key=_given(environment, "NIGHTLOOP_SECRET_ACCESS_KEY"),
                airflow_password=_given(environment, "AIRFLOW_ADMIN_PASSWORD"),
                reviewer_password=_given(environment, "REVIEWER_PASSWORD"),
                administrator_password=_given(environment, "ADMINISTRATOR_PASSWORD"),
            ),
        )


def _given(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "")
    if not text:
        raise SettingError(
            f"{name} is not set: run this by `docker compose run`, with COMPOSE_PROFILES=local-aws in .env"
        )
    return text.rstrip("/")
