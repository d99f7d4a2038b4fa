"""Where a night is driven: this machine's own stack, or any other whose addresses and passwords are known."""

from __future__ import annotations

from typing import Protocol


class Addresses(Protocol):
    """Where the parts of a place answer, without `/` at the end but for the portal."""

    @property
    def airflow_url(self) -> str:
        """Airflow's page and REST API."""

    @property
    def aws_url(self) -> str:
        """S3 and the rest of AWS."""

    @property
    def sagemaker_url(self) -> str:
        """SageMaker and its runtime."""

    @property
    def review_url(self) -> str:
        """The review service's API."""

    @property
    def portal_url(self) -> str:
        """The reviewers' page."""


class Passwords(Protocol):
    """What opens the parts of a place to the driver."""

    @property
    def aws_secret_key(self) -> str:
        """The secret of the access key `nightloop`."""

    @property
    def airflow_password(self) -> str:
        """The password of Airflow's user."""

    @property
    def reviewer_password(self) -> str:
        """The password of the scripted reviewer's account."""

    @property
    def administrator_password(self) -> str:
        """The password of the portal's administrator."""


class Place(Protocol):
    """A running Nightloop."""

    @property
    def settings(self) -> Addresses:
        """Where its parts answer."""

    @property
    def secrets(self) -> Passwords:
        """What opens them."""
