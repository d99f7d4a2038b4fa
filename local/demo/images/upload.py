"""Chooses the images a demo works on, and uploads them to where the loop looks for them."""

from __future__ import annotations

import datetime
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from local.config.settings import BUCKET
from local.demo.images.dataset import Dataset, Example, manifest
from local.stack.bootstrap import client

if TYPE_CHECKING:
    from pathlib import Path

    from local.config.place import Place

SEED_FOLDER, HOLDOUT_FOLDER = "seed/images/", "seed/holdout/"


def choose(folder: Path | None, number: int = 0) -> Dataset:
    """Return the images of a folder, or scenes drawn from sprites; another number gives another night."""
    # Imported here: only the code that makes images needs numpy and Pillow.
    if folder is not None:
        from local.demo.images.photos import load_photos  # noqa: PLC0415

        return load_photos(folder.absolute())
    from local.demo.images.scenes import make_dataset  # noqa: PLC0415

    return make_dataset(night_number=number)


def ds_of_last_night(now: datetime.datetime) -> str:
    """Return yesterday's date: the night a nightly run of today works on."""
    return (now.date() - datetime.timedelta(days=1)).isoformat()


def last_interval(schedule: str | None, timezone: str, now: datetime.datetime) -> str:
    """Return the date of a schedule's newest complete night, which Airflow runs as soon as it may.

    A night is the day before its run starts, by the loop's clock. Without a schedule it is yesterday.
    """
    local = now.astimezone(ZoneInfo(timezone))
    if schedule is None:
        return ds_of_last_night(local)
    # It comes with Airflow, which is not everywhere that images are uploaded from.
    from croniter import croniter  # type: ignore[import-untyped]  # noqa: PLC0415

    fired: datetime.datetime = croniter(schedule, local).get_prev(datetime.datetime)
    return ds_of_last_night(fired)


def night_folder(night: str) -> str:
    """Return the key prefix of a night's images."""
    return f"images/{night}/"


def upload(place: Place, dataset: Dataset, night: str) -> None:
    """Upload images and the two manifests; the night's true boxes stay on this machine."""
    s3 = client("s3", place.settings.aws_url, place.secrets)
    folders = ((SEED_FOLDER, dataset.seed), (HOLDOUT_FOLDER, dataset.holdout), (night_folder(night), dataset.night))

    def put(key: str, example: Example) -> None:
        s3.put_object(Bucket=BUCKET, Key=key + example.name, Body=example.jpeg, ContentType="image/jpeg")

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(put, folder, example) for folder, examples in folders for example in examples]
        for one in done:
            one.result()
    # The manifests last: if they exist, the images do.
    for name, folder, examples in (("seed", SEED_FOLDER, dataset.seed), ("holdout", HOLDOUT_FOLDER, dataset.holdout)):
        body = manifest(examples, f"s3://{BUCKET}/{folder}", job=f"{dataset.name}-{name}")
        s3.put_object(Bucket=BUCKET, Key=f"seed/{name}.manifest", Body=body)
    s3.put_object(Bucket=BUCKET, Key=f"seed/{night}.uploaded", Body=b"")


def is_uploaded(place: Place, night: str) -> bool:
    """Tell whether the images of a night were uploaded completely."""
    s3 = client("s3", place.settings.aws_url, place.secrets)
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"seed/{night}.uploaded")
    return bool(listed["KeyCount"])


def write_truth(dataset: Dataset, path: Path) -> None:
    """Keep the night's true boxes beside the demo's results."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(example.manifest_line(example.name, "truth")) for example in dataset.night]
    path.write_text("".join(line + "\n" for line in lines))
