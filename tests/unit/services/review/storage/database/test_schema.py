"""Migrations and tables say the same."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from services.review.errors import DatabaseNotReady, SettingsError
from services.review.storage.database import schema
from services.review.storage.database.engine import Database
from services.review.storage.tables import Base


def test_the_migrations_make_the_tables_of_the_code(database):
    with database.reading_engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    schema.check(database)


def test_migrating_twice_is_migrating_once(database):
    assert schema.migrate(database) == schema.newest_revision()


def test_the_way_back_leaves_nothing(database):
    config = schema.configuration()
    with database.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(database.reading_engine).get_table_names() == ["alembic_version"]


def test_a_new_sqlite_file_is_migrated_and_a_foreign_one_is_not(tmp_path):
    new = Database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    schema.prepare(new)
    schema.check(new)
    foreign = Database(f"sqlite:///{tmp_path / 'foreign.sqlite'}")
    with foreign.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE somebody_elses (x INTEGER)")
    with pytest.raises(DatabaseNotReady, match="migrate"):
        schema.prepare(foreign)


def test_a_driver_that_is_not_installed_is_named():
    with pytest.raises(SettingsError, match="asyncmy"):
        Database("mysql+asyncmy://u:password@h/d")


def test_a_schema_of_a_newer_version_is_refused_in_a_sentence(database):
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refuse in (schema.migrate, schema.check):
        with pytest.raises(DatabaseNotReady, match="revision 9999, which this version of the service does not know"):
            refuse(database)
    assert schema.current_revision(database) == "9999"
