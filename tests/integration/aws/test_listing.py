"""Which images a night lists, and when: the list is final, so its day is over by every clock that counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nightloop.aws.dag_factory.retry_policy import RETRY_POLICY
from nightloop.aws.errors import DayNotOverError, SetupError
from nightloop.aws.operators.night.list_images import ListImagesOperator
from nightloop.aws.storage.layout import images_of
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.domain.calendar.days import last_day_over
from tests.integration.aws.nights import Night
from tests.integration.aws.running import run

JPEG = b"listed, not read"


def list_images(loop, date, *, folder=None, timezone="UTC", plan_only="False"):
    night = Night(loop, date)
    return run(
        ListImagesOperator(
            task_id="list_images",
            night=folder or night.folder,
            images=images_of(loop, date),
            timezone=timezone,
            plan_only=plan_only,
        )
    )


def days_from_now(zone, days):
    return (datetime.now(ZoneInfo(zone)).date() + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Pacific/Honolulu", "Pacific/Kiritimati"])
@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_day_that_is_not_over_is_not_listed(own_loop, s3, zone, days):
    night = Night(own_loop, days_from_now(zone, days)).put(s3, early=JPEG)
    with pytest.raises(DayNotOverError, match=f"The day {night.date} ends at .*{zone}"):
        list_images(own_loop, night.date, timezone=zone)
    assert night.objects() == {}, "nothing is frozen"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Pacific/Honolulu", "Pacific/Kiritimati"])
def test_the_last_day_that_is_over_is_listed(own_loop, s3, zone):
    date = last_day_over(datetime.now(UTC), ZoneInfo(zone)).isoformat()
    night = Night(own_loop, date).put(s3, late=JPEG)
    assert list_images(own_loop, date, timezone=zone) == ["00000"]
    assert [line["uri"] for line in night.lines(night.files.images)] == [f"{images_of(own_loop, date)}late.jpg"]


def test_a_dry_run_looks_at_today_and_freezes_nothing(own_loop, s3):
    night = Night(own_loop, days_from_now("UTC", 0)).put(s3, early=JPEG)
    tried = night.files.loop.tried_night("manual", night.date).folder
    assert list_images(own_loop, night.date, folder=tried, plan_only="True") == ["00000"]
    assert night.objects() == {}


def test_a_storage_whose_clock_is_behind_is_waited_for(own_loop, s3, monkeypatch):
    """The scheduler fires at midnight by its clock; what arrives in the storage's last minutes belongs to the day."""
    date = last_day_over(datetime.now(UTC), ZoneInfo("UTC")).isoformat()
    night = Night(own_loop, date).put(s3, early=JPEG)
    assert abs(ObjectStore().clock(images_of(own_loop, date)) - datetime.now(UTC)) < timedelta(minutes=5)
    with monkeypatch.context() as patch:
        behind = datetime.fromisoformat(f"{date}T23:59:30+00:00")
        patch.setattr(ObjectStore, "clock", lambda *_: behind)
        with pytest.raises(DayNotOverError, match="23:59:30 UTC by this machine's clock or by that of S3") as refused:
            list_images(own_loop, date)
    waits = [RETRY_POLICY.evaluate(refused.value, number, 3).retry_delay for number in (1, 2, 3)]
    assert sum(waits, timedelta()) > timedelta(minutes=15), "further apart, S3 refuses every signature"
    night.put(s3, late=JPEG)
    list_images(own_loop, date)
    assert len(night.lines(night.files.images)) == 2


def test_a_list_is_written_once(own_loop, s3):
    night = Night(own_loop, "2026-03-05").put(s3, first=JPEG)
    list_images(own_loop, night.date)
    night.put(s3, second=JPEG)
    list_images(own_loop, night.date)
    assert len(night.lines(night.files.images)) == 1


def test_days_that_no_night_has_listed_are_named(own_loop, s3, capsys):
    for date in ("2026-04-01", "2026-04-02", "2026-04-04", "2026-04-06"):
        Night(own_loop, date).put(s3, one=JPEG)
    list_images(own_loop, "2026-04-01")
    assert "No night has listed" not in capsys.readouterr().out, "there was no night before the first"
    list_images(own_loop, "2026-04-06")
    assert "No night has listed the images of 2026-04-02, 2026-04-04 so far" in capsys.readouterr().out
    list_images(own_loop, "2026-04-04")
    assert "No night has listed the images of 2026-04-02 so far" in capsys.readouterr().out
    list_images(own_loop, "2026-04-02")
    list_images(own_loop, "2026-04-07")
    assert "No night has listed" not in capsys.readouterr().out


def test_a_night_is_named_by_its_date(own_loop):
    folder = f"s3://{own_loop.bucket}/loops/nights/latest"
    with pytest.raises(SetupError, match="is not named by a date"):
        list_images(own_loop, "2026-03-01", folder=folder)
