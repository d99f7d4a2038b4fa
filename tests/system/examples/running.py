"""What runs the example DAGs: the services with their inputs, and an Airflow for any environment's Python."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from contextlib import contextmanager
from pathlib import Path

from tests.integration.aws.pictures import upload_data
from tests.integration.aws.stack import ROOT, Stack, prepare
from tests.system.examples.run_examples import DAG_BEGINS

FOLDER = Path(__file__).parent
EXAMPLES = sorted(path.stem for path in FOLDER.glob("example_*.py"))
BUCKET = "examples"
TEAM = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers"


@contextmanager
def services(folder):
    """Give the services with a team and all that the examples take."""
    stack = Stack(folder)
    try:
        for name in ("aws", "sagemaker", "review"):
            stack.start(name)
        prepare(stack)
        upload_inputs(stack.client("s3", "aws"))
        yield stack
    finally:
        for name in list(stack.processes):
            stack.stop(name)


def upload_inputs(s3):
    """Upload what the examples take: manifests with their images, and two artefacts of the tests' container."""
    s3.create_bucket(Bucket=BUCKET)
    upload_data(s3, BUCKET, ["cat", "dog"])
    for generation, name in enumerate(("first", "second")):
        model = json.dumps({"generation": generation}).encode()
        archive, member = io.BytesIO(), tarfile.TarInfo("model.json")
        member.size = len(model)
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            tar.addfile(member, io.BytesIO(model))
        s3.put_object(Bucket=BUCKET, Key=f"examples/artefacts/{name}/model.tar.gz", Body=archive.getvalue())


class Airflow:
    """An Airflow of its own, run by the Python of an environment; ``plugins`` is its plugins folder."""

    def __init__(self, python: Path | str, home: Path, plugins: Path, settings: dict[str, str]) -> None:
        self.python = str(python)
        foreign = ("AWS_", "AIRFLOW", "PYTHONPATH", "VIRTUAL_ENV")
        kept = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
        self.environment = kept | {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(FOLDER),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            **settings,
        }

    def run(self, *arguments: str, cwd: Path = ROOT) -> str:
        """Run the environment's Python; return all it printed, to either stream."""
        done = subprocess.run(
            [self.python, *arguments],
            env=self.environment,
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    def run_examples(self, names: list[str]) -> dict[str, str]:
        """Run DAGs of this folder; return what each printed."""
        self.run("-m", "airflow", "db", "migrate")
        outputs = self.run(str(FOLDER / "run_examples.py"), *names).split(f"\n{DAG_BEGINS}")
        return dict(output.split("\n", 1) for output in outputs[1:])


def settings_of(stack: Stack) -> dict[str, str]:
    """Return the environment variables that lead the examples to the services."""
    return {
        "EXAMPLE_BUCKET": BUCKET,
        "EXAMPLE_WORKTEAM_ARN": TEAM,
        "EXAMPLE_TEMPLATE": str(ROOT / "include/templates/bounding-box.liquid.html"),
        "EXAMPLE_TRAIN_MANIFEST": f"s3://{BUCKET}/seed.manifest",
        "EXAMPLE_VALIDATION_MANIFEST": f"s3://{BUCKET}/holdout.manifest",
        "EXAMPLE_BAKE_SECONDS": "0",
        **stack.connections(),
    }
