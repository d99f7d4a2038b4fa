"""The fixtures whose fakes are tested here."""

from tests.support.fakes.clients import clients, s3  # noqa: F401
