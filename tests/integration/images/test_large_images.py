"""Images of many pixels: refused, or decoded within the memory there is, in a process of its own."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

import nightloop
from nightloop.aws.errors import UnreadableImageError
from nightloop.aws.images.decoding import read_picture
from tests.unit.aws.images.test_pixel_formats import chunk


def wide_png(width: int, height: int) -> bytes:
    """A PNG with alpha of few bytes and many pixels."""
    stream = zlib.compressobj(6)
    row = b"\0" + b"\x80" * (width * 4)
    data = b"".join([*(stream.compress(row) for _ in range(height)), stream.flush()])
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_too_many_pixels_are_the_image_s_error() -> None:
    with pytest.raises(UnreadableImageError, match="16000 x 11000 pixels"):
        read_picture(wide_png(16000, 11000))


EIGHT_AT_ONCE = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor
from nightloop.aws.errors import UnreadableImageError
from nightloop.aws.images.decoding import read_picture
body = open(sys.argv[1], "rb").read()
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
def read(_):
    try:
        return read_picture(body).width
    except UnreadableImageError as error:
        return str(error)
with ThreadPoolExecutor(8) as pool:
    widths = list(pool.map(read, range(8)))
# Not getrusage: its peak is inherited from the process that starts this one.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(*widths, int(peak.split()[1]) // 1024, sep="|")
"""


def eight_at_once(tmp_path, body: bytes, address_space: int) -> list[str]:
    file = tmp_path / "image.png"
    file.write_bytes(body)
    command = [sys.executable, "-W", "ignore", "-c", EIGHT_AT_ONCE, str(file), str(address_space)]
    environment = os.environ | {"PYTHONPATH": str(Path(nightloop.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().split("|")


def test_eight_large_images_at_once_share_the_memory(tmp_path) -> None:
    *widths, megabytes = eight_at_once(tmp_path, wide_png(6000, 5000), 2_600_000_000)
    assert widths == ["6000"] * 8
    assert int(megabytes) < 1600


def test_what_needs_more_memory_than_there_is_is_the_image_s_error(tmp_path) -> None:
    *said, _ = eight_at_once(tmp_path, wide_png(10000, 10000), 700_000_000)
    assert all("more memory than there is" in sentence for sentence in said)
