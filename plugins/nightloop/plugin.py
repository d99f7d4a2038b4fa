"""What Nightloop adds to Airflow itself."""

from __future__ import annotations

from pkgutil import resolve_name

from airflow.plugins_manager import AirflowPlugin

from nightloop import EXTRA_LINKS


class NightloopPlugin(AirflowPlugin):
    """Registers the links on task instances."""

    name = "nightloop"
    operator_extra_links = [resolve_name(path)() for path in EXTRA_LINKS]  # noqa: RUF012  the base class has it so
