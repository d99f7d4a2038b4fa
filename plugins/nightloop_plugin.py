"""Registers Nightloop where this folder is Airflow's plugins folder.

An installed distribution registers itself, by its entry point. Airflow reports a second plugin of one name as an error.
"""

from importlib.metadata import entry_points

if not entry_points(group="airflow.plugins", name="nightloop"):
    from nightloop.plugin import NightloopPlugin

    __all__ = ["NightloopPlugin"]
