"""One night through Airflow: bootstrap, the night itself, the training it starts, and the same night once more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx

from local.config.settings import AIRFLOW_USER, REVIEWER
from local.demo.driver.airflow_api import AirflowApi, DagRun
from local.demo.driver.endpoint import detect
from local.demo.driver.reviewer import ScriptedReviewer
from local.errors import NightError, PortalError
from local.stack.bootstrap import client

if TYPE_CHECKING:
    from local.config.place import Place
    from local.demo.driver.endpoint import Detection
    from local.demo.driver.progress import Progress
    from local.demo.images.dataset import Dataset

LONGEST_RUN_SECONDS = 900
TRAINING_STARTS_SECONDS = 180


class Night:
    """The runs of one loop's DAGs for one night, and the requests to the live endpoint between them.

    :param patience: For so many seconds Airflow or the portal may be away while a run is on.
    """

    def __init__(
        self,
        place: Place,
        dataset: Dataset,
        loop: dict[str, Any],
        night: str,
        progress: Progress,
        *,
        patience: float = 0,
    ) -> None:
        settings, secrets = place.settings, place.secrets
        self.dataset, self.loop, self.night, self.progress = dataset, loop, night, progress
        self.patience = patience
        self.portal_away_since: float | None = None
        self.api = AirflowApi(settings.airflow_url, AIRFLOW_USER, secrets.airflow_password, patience)
        self.runtime = client("sagemaker-runtime", settings.sagemaker_url, secrets)
        self.reviewer = ScriptedReviewer(settings.portal_url, dataset.night)
        self.reviewer_password = secrets.reviewer_password
        name = loop["name"]
        self.dag_ids = (f"bootstrap_{name}", f"nightly_review_{name}", f"incremental_training_{name}")

    def bootstrap(self) -> DagRun:
        """Train the first model and start its endpoint."""
        self.api.wait_for_dags(*self.dag_ids)
        self.progress.say(f"{self.dag_ids[0]}: task page, flow, first model, endpoint")
        return self._run(self.dag_ids[0])

    def first(self) -> DagRun:
        """Run the night; the script answers its reviews as they open."""
        self.api.unpause(self.dag_ids[2])
        self.progress.say(
            f"{self.dag_ids[1]}: the night {self.night}; the reviewer is a script, answering at the portal"
        )
        self.reviewer.sign_in(REVIEWER, self.reviewer_password)
        run = self._run(self.dag_ids[1], conf={"night": self.night})
        self.progress.say(f"the script answered {len(self.reviewer.answered)} reviews")
        return run

    def training(self) -> DagRun:
        """Wait for the training that the night's new manifest starts."""
        self.progress.say(f"{self.dag_ids[2]}: started by the night's manifest; train, evaluate, gate, promote")
        return self._training_run(number=1)

    def training_again(self, events_before: int) -> None:
        """Wait for the training that a repeated night starts, if it announced its manifest again."""
        if self.api.count_asset_events() > events_before:
            self.progress.say(f"{self.dag_ids[2]}: got the same manifest again; it must find its job done")
            self._training_run(number=2)

    def _training_run(self, number: int) -> DagRun:
        deadline = time.monotonic() + TRAINING_STARTS_SECONDS
        while len(runs := self.api.runs(self.dag_ids[2])) < number:
            if time.monotonic() > deadline:
                raise NightError(f"the manifest did not start {self.dag_ids[2]} in {TRAINING_STARTS_SECONDS} s")
            time.sleep(1)
        return self.api.wait(runs[number - 1], LONGEST_RUN_SECONDS)

    def again(self) -> DagRun:
        """Run the same night once more: a second run of the same date."""
        self.progress.say(f"{self.dag_ids[1]}: the same night again; nothing may be paid twice")
        return self._run(self.dag_ids[1], conf={"night": self.night})

    def asset_events(self) -> int:
        """Return how many manifests were announced so far."""
        return self.api.count_asset_events()

    def all_runs(self) -> list[DagRun]:
        """Return every run of the loop's DAGs."""
        return [run for dag_id in self.dag_ids for run in self.api.runs(dag_id)]

    def detect(self) -> dict[str, list[Detection]]:
        """Ask the live endpoint about the night's images."""
        return detect(self.runtime, self.loop["endpoint"]["name"], self.dataset.night)

    def _run(self, dag_id: str, **body: object) -> DagRun:
        self.api.unpause(dag_id)
        return self.api.wait(self.api.trigger(dag_id, **body), LONGEST_RUN_SECONDS, self._answer)

    def _answer(self) -> None:
        if not self.reviewer.signed_in:
            return
        try:
            self.reviewer.answer_waiting(self._told)
        except (httpx.TransportError, PortalError) as error:
            # A person tries again; the review they were at is theirs still.
            if self.portal_away_since is None:
                self.portal_away_since = time.monotonic()
                self.progress.say(f"the portal is away: {error!r:.120}")
            if time.monotonic() - self.portal_away_since >= self.patience:
                raise
        else:
            self.portal_away_since = None

    def _told(self, answered: int) -> None:
        if answered % 10 == 0:
            self.progress.say(f"{answered} reviews answered")
