"""The services and the Airflow of the approval tests."""

from tests.browser.conftest import browser  # noqa: F401 - a fixture
from tests.integration.aws.conftest import make_loop, one_loader, s3, stack  # noqa: F401 - fixtures
from tests.system.approval.conftest import start_airflow  # noqa: F401 - a fixture
