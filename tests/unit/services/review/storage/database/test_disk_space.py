"""A disk that is full, or not."""

import os
import subprocess

import pytest

from services.review.errors import DatabaseNotReady
from services.review.storage.database.disk_space import check_room
from services.review.storage.database.engine import Database


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 40 MiB."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "none", tmp_path], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a file system")
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


def test_a_full_disk_is_named(small_disk):
    database = Database(f"sqlite:///{small_disk / 'review.sqlite'}")
    check_room(database)
    with (small_disk / "somebody else's").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 20 * 2**20)
    with pytest.raises(DatabaseNotReady, match=f"the disk of {small_disk} is full: 20 MiB are left"):
        check_room(database)


def test_the_disk_of_a_server_is_not_asked():
    check_room(Database("postgresql+psycopg://nobody@127.0.0.1:1/none"))
