import os
import threading
import time

import pytest

from services.sagemaker.containers.pipe import Pipe
from services.sagemaker.containers.recordio import frame_record


def epoch_data(epoch):
    """More than a FIFO's buffer, and different in each epoch."""
    return frame_record(bytes([epoch]) * 100_000) + frame_record(b"end")


@pytest.fixture
def errors():
    return []


@pytest.fixture
def pipe(tmp_path, errors):
    made = Pipe(
        tmp_path, "train", lambda epoch: iter([epoch_data(epoch)[:70_000], epoch_data(epoch)[70_000:]]), errors.append
    )
    made.start()
    yield made
    made.stop()


def wait_for(path):
    deadline = time.monotonic() + 5
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} does not appear"
        time.sleep(0.005)
    return path


def test_one_fifo_per_epoch_in_order(pipe, tmp_path, errors):
    for epoch in range(3):
        assert wait_for(tmp_path / f"train_{epoch}").read_bytes() == epoch_data(epoch)
    assert errors == []


def test_the_first_fifo_is_there_before_anything_reads_and_no_second_one(pipe, tmp_path):
    assert [path.name for path in tmp_path.iterdir()] == ["train_0"]


def test_closing_early_begins_the_next_epoch_at_its_start(pipe, tmp_path):
    with (tmp_path / "train_0").open("rb") as stream:
        stream.read(10)
    assert wait_for(tmp_path / "train_1").read_bytes() == epoch_data(1)


def test_stopping_does_not_wait_for_a_reader(tmp_path, errors):
    pipe = Pipe(tmp_path, "idle", lambda _: iter([b"x"]), errors.append)
    pipe.start()
    pipe.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "pipe-idle"]


def test_stopping_does_not_wait_for_a_reader_that_sleeps(tmp_path, errors):
    pipe = Pipe(tmp_path, "slow", lambda _: iter([b"x" * 1_000_000]), errors.append)
    pipe.start()
    reader = os.open(tmp_path / "slow_0", os.O_RDONLY)
    os.read(reader, 1)
    pipe.stop()
    os.close(reader)
    assert not [thread for thread in threading.enumerate() if thread.name == "pipe-slow"]


def test_what_the_source_raises_is_handed_on_and_the_reader_sees_the_end(tmp_path, errors):
    def chunks(_epoch):
        yield b"first"
        raise OSError("the object is gone")

    pipe = Pipe(tmp_path, "broken", chunks, errors.append)
    pipe.start()
    assert (tmp_path / "broken_0").read_bytes() == b"first"
    pipe.stop()
    assert [str(error) for error in errors] == ["the object is gone"]
