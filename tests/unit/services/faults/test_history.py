import json
from threading import Thread

from services.faults import History
from services.faults.history import Done, digest


def test_lines_are_numbered_on_after_a_restart(tmp_path):
    path = tmp_path / "folder" / "history.jsonl"
    for name in ("a", "b"):
        History(path).write(Done("s3", "PutObject", name, "0", "created"))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["sequence"], line["name"], line["effect"]) for line in lines] == [
        (1, "a", "created"),
        (2, "b", "created"),
    ]


def test_threads_do_not_mix_their_lines(tmp_path):
    history = History(tmp_path / "history.jsonl")
    done = Done("s3", "PutObject", "x" * 5000, "0", "created")
    threads = [Thread(target=lambda: [history.write(done) for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines()]
    assert [line["sequence"] for line in lines] == list(range(1, 401))


def test_a_digest_does_not_know_the_order_of_keys():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 2, "b": 1})
