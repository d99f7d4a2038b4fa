"""Files that exist whole or not at all, also after a power cut."""

from __future__ import annotations

import fcntl
import os
import shutil
from typing import TYPE_CHECKING

from services.aws.errors import StateInUseError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

UNFINISHED = ".unfinished"


def write_durably(path: Path, parts: Iterable[bytes]) -> None:
    """Write to a temporary file, flush to the disk, rename: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + UNFINISHED)
    with beside.open("wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    flush_folder(path.parent)


def remove_durably(path: Path) -> None:
    """Remove a file, if it exists, so that it stays removed."""
    if path.exists():
        path.unlink()
        flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Flush a folder's own entries: a rename is not on the disk before that."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed server had started to write or to remove."""
    for path in list(folder.rglob("*" + UNFINISHED)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def hold_folder(folder: Path) -> int:
    """Lock a folder for this process and return the descriptor that holds the lock; raises StateInUseError."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        os.close(descriptor)
        raise StateInUseError(
            f"another server holds {folder}: stop it, or set NIGHTLOOP_AWS_STATE to another folder"
        ) from held
    return descriptor
