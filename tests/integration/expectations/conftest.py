"""The rows that the unit tests of the domain make."""

from tests.unit.domain.conftest import make  # noqa: F401 - a fixture
