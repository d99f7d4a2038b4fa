import gzip
import json
import os
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

FAILURE_CHARACTERS = 1024


@dataclass(frozen=True)
class OptMl:
    """One container's own `/opt/ml`: where the container contract puts each file.

    Contract: SageMaker developer guide, "How Amazon SageMaker provides training information" and "... inference code".
    """

    root: Path

    @property
    def data(self) -> Path:
        """Where input channels appear."""
        return self.root / "input" / "data"

    @property
    def model(self) -> Path:
        """Where a training container writes its model, and a serving one reads it."""
        return self.root / "model"

    @property
    def output_data(self) -> Path:
        """Where a training container writes other results."""
        return self.root / "output" / "data"

    def make(self) -> None:
        """Make every folder."""
        for folder in ("input/config", "input/data", "model", "output/data", "checkpoints", "code", "pipe_state"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)

    def write_training_configuration(
        self, hyperparameters: Mapping[str, str], channels: Sequence[Mapping[str, Any]], instance_type: str
    ) -> None:
        """Write hyperparameters.json, inputdataconfig.json and resourceconfig.json of a one-host job.

        `channels` are the InputDataConfig of the request, each with its InputMode filled in.
        """
        self._write("hyperparameters.json", dict(hyperparameters))
        self._write("inputdataconfig.json", {channel["ChannelName"]: _channel(channel) for channel in channels})
        self._write("resourceconfig.json", _resources(instance_type))

    def failure(self) -> str:
        """Read the container's failure text: at most 1024 characters, empty if there is none."""
        path = self.root / "output" / "failure"
        if not path.is_file():
            return ""
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(FAILURE_CHARACTERS).strip()

    def _write(self, name: str, document: Mapping[str, Any]) -> None:
        (self.root / "input" / "config" / name).write_text(json.dumps(document), encoding="utf-8")


def _channel(channel: Mapping[str, Any]) -> dict[str, str]:
    source = channel["DataSource"]["S3DataSource"]
    described = {
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "TrainingInputMode": channel["InputMode"],
    }
    if content_type := channel.get("ContentType"):
        described["ContentType"] = content_type
    return described


def _resources(instance_type: str) -> dict[str, Any]:
    group = {"hosts": ["algo-1"], "instance_group_name": "homogeneousCluster", "instance_type": instance_type}
    return {
        "current_group_name": "homogeneousCluster",
        "current_host": "algo-1",
        "current_instance_type": instance_type,
        "hosts": ["algo-1"],
        "instance_groups": [group],
        "network_interface_name": "eth0",
    }


def container_environment(base: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a container process: this process's own without the service's settings, plus extra."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTLOOP_")}
    return inherited | {"PYTHONUNBUFFERED": "1"} | dict(extra) | {"SAGEMAKER_BASE_DIR": str(base)}


def pack(folder: Path, archive: Path) -> None:
    """Pack a folder's content as tar.gz: relative paths, sorted, times zero, so equal content gives equal bytes."""
    beside = archive.with_name(f".{archive.name}.part")
    with (
        beside.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as tar,
    ):
        for path in sorted(folder.rglob("*")):
            tar.add(path, arcname=str(path.relative_to(folder)), recursive=False, filter=_anonymous)
    beside.rename(archive)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime = 0
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar.gz below a folder; raises tarfile.TarError or OSError for an unsafe archive."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, mode="r:gz") as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extractall(folder, filter="data")
        else:  # Python 3.11 before 3.11.4, as Debian 12 has it
            tar.extractall(folder, members=[_inside(member) for member in tar])  # noqa: S202 - each is looked at


def _inside(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Pass a file or folder on whose name stays in the archive's folder; raise tarfile.TarError for anything else."""
    name = PurePosixPath(member.name)
    if not (member.isfile() or member.isdir()) or name.is_absolute() or ".." in name.parts:
        raise tarfile.TarError(f"{member.name!r} is a link, a device, or leads out of the archive's folder")
    return member
