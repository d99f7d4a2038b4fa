"""ListImages: the list of a night is made once, when its day is over."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.aws.errors import BucketMissingError, DayNotOverError, NightChangedError, SetupError
from nightloop.aws.operators.night.list_images import ListImagesOperator
from nightloop.aws.storage.layout import NightFiles
from nightloop.aws.storage.night_chunks import NightChunks, _cut, _moved, images_of_chunk
from nightloop.aws.storage.object_store import ObjectStore, StoredObject
from nightloop.domain.rows.jsonl import dumps_lines
from tests.support.fakes.task import FakeTask
from tests.support.night import DATE, LOOP, NIGHT, run, tried

IMAGES = "s3://bucket/in/{{ params.night[-10:] }}/"


def listing(**changes):
    values = {"task_id": "list", "night": NIGHT, "images": IMAGES, "images_per_chunk": 2} | changes
    return ListImagesOperator(**values)


def at(moment):
    return lambda: datetime.fromisoformat(moment).replace(tzinfo=UTC)


def chunks(night):
    return json.loads(night.s3.objects[night.files.chunks])


def upload(s3, *names, day=DATE):
    for name in names:
        s3.put(f"s3://bucket/in/{day}/{name}", name.encode())


def test_every_object_is_listed_in_order_and_cut_into_chunks(s3, night):
    upload(s3, "b.jpg", "a é.jpg", "no image.txt")
    task = FakeTask()
    assert run(listing(), ti=task) == ["00000", "00001"]
    rows = night.rows(night.files.images)
    assert [row["uri"].rsplit("/", 1)[1] for row in rows] == ["a é.jpg", "b.jpg", "no image.txt"]
    assert (rows[1]["etag"], rows[1]["bytes"]) == (
        s3.head_object(Bucket="bucket", Key=f"in/{DATE}/b.jpg")["ETag"][1:-1],
        5,
    )
    assert task.pushed["s3_output"]["object_key"] == f"loops/voc/nights/{DATE}/images.jsonl"


def test_a_rerun_works_on_the_same_images(s3, night):
    upload(s3, "a.jpg")
    assert tried(s3, listing) == ["00000"]
    upload(s3, *"bcd")
    s3.calls.clear()
    assert tried(s3, listing) == ["00000"]
    assert s3.written() == []


def test_an_empty_night_has_no_chunk(s3, night):
    assert tried(s3, listing) == []
    assert s3.objects[night.files.images] == b""


def test_the_list_of_another_try_that_was_faster_is_used(s3, night):
    upload(s3, "a.jpg", "b.jpg", "c.jpg")
    theirs = b'{"bytes":1,"etag":"e","uri":"s3://bucket/in/2026-11-22/a.jpg"}\n'
    s3.before("put_object", lambda: s3.put(night.files.images, theirs))
    assert run(listing()) == ["00000"]
    assert s3.objects[night.files.images] == theirs


def test_what_computers_put_beside_images_is_counted_before_the_list_is_there(s3, night):
    upload(s3, "a.jpg", ".DS_Store", "x/.DS_Store", "._a.jpg")
    s3.put(f"s3://bucket/in/{DATE}/folder_$folder$", b"")
    tried(s3, listing)
    assert len(night.rows(night.files.images)) == 1
    assert json.loads(s3.objects[night.files.companions]) == {".DS_Store": 2, "._*": 1, "folder marker": 1}
    assert s3.written() == [night.files.companions, night.files.images, night.files.chunks]


def test_a_day_that_is_not_over_is_not_listed(s3, night):
    today = f"{LOOP}/nights/{datetime.now(UTC):%Y-%m-%d}"
    s3.now = at("2999-01-01")
    with pytest.raises(DayNotOverError, match=r"ends at .* The task will try again later"):
        run(listing(), night=today)
    assert s3.objects == {}


@pytest.mark.parametrize(
    ("clock", "timezone", "over"),
    [
        ("2026-11-22T23:59:59", "UTC", False),
        ("2026-11-23T00:00:00", "UTC", True),
        ("2026-11-22T23:00:00", "Europe/Berlin", True),
        ("2026-11-23T07:59:59", "America/Los_Angeles", False),
    ],
)
def test_the_clock_of_s3_counts_as_well_as_this_machine_s(s3, night, clock, timezone, over):
    s3.now = at(clock)
    if over:
        assert run(listing(timezone=timezone)) == []
    else:
        with pytest.raises(DayNotOverError, match=f"The day {DATE} ends at"):
            run(listing(timezone=timezone))


@pytest.mark.parametrize("plan_only", [True, "True", "{{ params.dry }}"])
def test_a_list_that_is_only_tried_out_does_not_wait_for_the_day(s3, night, plan_only):
    s3.now = at("2026-11-22T10:00:00")
    assert run(listing(plan_only=plan_only), dry="true") == []


@pytest.mark.parametrize("plan_only", [False, "False"])
def test_a_list_in_earnest_does(s3, night, plan_only):
    s3.now = at("2026-11-22T10:00:00")
    with pytest.raises(DayNotOverError):
        run(listing(plan_only=plan_only))


def test_days_that_were_never_listed_are_named(s3, night, capsys):
    for day in ("2026-11-17", "2026-11-19", "2026-11-20", "2026-11-21"):
        upload(s3, "a.jpg", day=day)
    for day in ("2026-11-18", "2026-11-20"):
        s3.put(f"{LOOP}/nights/{day}/images.jsonl", b"")
    run(listing())
    assert "images of 2026-11-19, 2026-11-21 so far" in capsys.readouterr().out, "not those before the first night"


def test_a_folder_that_is_no_date_is_named(s3, night):
    with pytest.raises(SetupError, match=r"nights/tonight is not named by a date"):
        run(listing(images="s3://bucket/in/"), night=f"{LOOP}/nights/tonight")


def test_a_bucket_that_is_not_there_is_named(s3, night):
    with pytest.raises(BucketMissingError, match="The bucket of s3://elsewhere/in/ does not exist"):
        run(listing(images="s3://elsewhere/in/"))


def test_a_rerun_cuts_the_night_as_it_was_cut_also_if_the_setting_changed(s3, night):
    upload(s3, *"abcde")
    names = run(listing(images_per_chunk=2))
    s3.calls.clear()
    for setting in (1, 4, None):
        assert run(listing(images_per_chunk=setting)) == names == ["00000", "00001", "00002"]
    assert s3.written() == []


def test_chunks_are_chosen_from_the_night_s_size(s3, night):
    upload(s3, *(f"{number}.jpg" for number in range(300)))
    assert run(listing(images_per_chunk=None)) == ["00000", "00001"]
    assert chunks(night)["images_per_chunk"] == 250


def test_a_list_whose_task_died_before_it_was_cut_is_cut_by_the_next_try(s3, night):
    upload(s3, "a.jpg", "b.jpg", "c.jpg")
    run(listing())
    first = s3.objects[night.files.chunks]
    s3.remove(night.files.chunks)
    assert run(listing()) == ["00000", "00001"]
    assert s3.objects[night.files.chunks] == first


def test_what_another_try_cut_meanwhile_is_kept(s3, night):
    """Two tries that run at once, one from before a change of the setting, cut the night the same way."""
    upload(s3, *"abc")
    run(listing(images_per_chunk=1))
    theirs = s3.objects[night.files.chunks]
    s3.remove(night.files.chunks)
    s3.before("put_object", lambda: s3.put(night.files.chunks, theirs))
    assert run(listing(images_per_chunk=3)) == ["00000", "00001", "00002"]


@pytest.mark.parametrize("scored", [[0], [1], [1, 2], [0, 1, 2]])
def test_a_night_that_was_scored_before_chunks_were_written_down_stays_as_it_was_cut(s3, night, scored):
    upload(s3, *"abcde")
    run(listing(images_per_chunk=2))
    rows = night.rows(night.files.images)
    s3.remove(night.files.chunks)
    for number in scored:
        images = [{"image": row, "model": "m"} for row in rows[2 * number : 2 * number + 2]]
        s3.put(night.files.predictions(f"{number:05d}"), dumps_lines(images))
    assert run(listing(images_per_chunk=4)) == ["00000", "00001", "00002"]
    assert chunks(night)["images_per_chunk"] == 2


def cut_up(night):
    """The names of the images of each chunk, and the count that is written down."""
    found = [
        "".join(image.uri[-1] for image in images_of_chunk(ObjectStore(), night.files, name))
        for name in NightChunks.from_body(night.s3.objects[night.files.chunks]).names
    ]
    return found, chunks(night)["images"]


@pytest.mark.parametrize(
    ("lost", "left"),
    [("", ["ab", "cd", "e"]), ("a", ["b", "cd", "e"]), ("c", ["ab", "d", "e"]), ("e", ["ab", "cd", ""]),
     ("cd", ["ab", "", "e"]), ("abcde", ["", "", ""])],
)  # fmt: skip
def test_a_list_that_has_lost_images_keeps_the_chunks_of_the_others(s3, night, lost, left):
    """An image that is erased leaves the list; the chunks before and after it stay what they were."""
    upload(s3, *"abcde")
    names = run(listing())
    kept = [row for row in night.rows(night.files.images) if row["uri"][-1] not in lost]
    night.lay(images=kept)
    assert cut_up(night) == (left, len(kept)), "also for a task that reads its chunk meanwhile"
    assert run(listing(images_per_chunk=1)) == names
    assert cut_up(night) == (left, len(kept))


def test_images_that_came_into_a_new_list_are_in_the_chunk_of_their_neighbours(s3, night):
    upload(s3, *"bdf")
    run(listing())
    upload(s3, *"aceg")
    s3.remove(night.files.images)
    assert run(listing()) == ["00000", "00001"]
    assert cut_up(night) == (["abcde", "fg"], 7)


def test_images_that_came_into_an_empty_list_are_cut(s3, night):
    run(listing())
    upload(s3, *"abc")
    s3.remove(night.files.images)
    assert run(listing()) == ["00000", "00001"]


@pytest.mark.parametrize("name", ["person-{:03d}.jpg", "person-{:d}", "{:03d}"])
def test_where_a_chunk_begins_names_no_image(s3, night, name):
    upload(s3, *(name.format(number) for number in range(100)))
    run(listing(images_per_chunk=3))
    body = s3.objects[night.files.chunks].decode()
    assert not any(f'"{row["uri"]}"' in body for row in night.rows(night.files.images))


@given(st.sets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=3), min_size=1, max_size=12), st.data())
def test_no_image_is_lost_or_taken_twice_whatever_a_list_becomes(names, data):
    """Lists of any images, before and after, are cut so that each image is in one chunk, in order."""
    files = NightFiles(f"{LOOP}/nights/{DATE}")
    before, after = (sorted(data.draw(st.sets(st.sampled_from(sorted(names))))) for _ in range(2))
    store = Mock(describe=Mock(return_value=Mock(size=-1)))

    def rows(uris):
        return dumps_lines([{"uri": uri, "etag": "e", "bytes": 1} for uri in uris]).splitlines(keepends=True)

    store.list.return_value = iter(())
    store.read_lines.side_effect = lambda _: iter(rows(before))
    first = _cut(store, files, data.draw(st.integers(1, 4)))
    store.read_lines.side_effect = lambda _: iter(rows(after))
    moved = _moved(store, files, first)
    assert moved.images == len(after)
    assert sorted(moved.starts) == list(moved.starts)
    assert not after or moved.starts[0] == 0
    assert moved.length == sum(map(len, rows(after)))
    store.read_lines.side_effect = lambda _: iter(rows(before))
    assert _moved(store, files, moved) == first or not first.starts


def test_predictions_of_more_chunks_than_the_night_has_are_refused(s3, night):
    upload(s3, "a.jpg", "b.jpg", "c.jpg")
    run(listing())
    s3.put(night.files.predictions("00002"), b"")
    with pytest.raises(NightChangedError, match=r"predictions/ holds 1 chunks, and .*chunks.json knows 2"):
        run(listing())


@pytest.mark.parametrize("count", [0, 1, 7, 2_000])
def test_each_chunk_reads_its_own_part_of_the_list(s3, night, count):
    upload(s3, *(f"{number:05d} \u00e9\u2028.jpg" for number in range(count)))
    names = run(listing(images_per_chunk=3))
    store = ObjectStore()
    found = [image.to_json() for name in names for image in images_of_chunk(store, night.files, name)]
    assert found == night.rows(night.files.images)
    assert len(found) == count
    with pytest.raises(NightChangedError, match="but no chunk 99999"):
        images_of_chunk(store, night.files, "99999")


def test_a_night_of_many_images_is_listed_in_little_memory(s3, night, monkeypatch):
    """What a listing yields is written and let go: a night of ten times as many images takes no more memory."""

    def peak(count, night_of):
        entries = (StoredObject(f"s3://bucket/in/{n:09d}.jpg", "e" * 32, 1, datetime.now(UTC)) for n in range(count))
        monkeypatch.setattr(ObjectStore, "list", lambda _, prefix: entries if "/in/" in prefix else iter(()))
        tracemalloc.start()
        run(listing(images_per_chunk=None), night=night_of)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found - 3 * len(s3.objects[f"{night_of}/images.jsonl"])  # what the fake of S3 itself takes

    few, many = peak(2_000, f"{LOOP}/nights/2026-11-20"), peak(20_000, f"{LOOP}/nights/2026-11-21")
    assert many < few + 2_000_000
