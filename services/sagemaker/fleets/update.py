import logging
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from services.sagemaker.aws.cloudwatch import alarm_states
from services.sagemaker.config.resources import Resources
from services.sagemaker.errors import DeploymentFailedError
from services.sagemaker.fleets.endpoint_record import EndpointRecord
from services.sagemaker.fleets.fleet import Fleet
from services.sagemaker.fleets.plan import Step, alarm_names, plan_steps, time_limit
from services.sagemaker.fleets.routing import Router

logger = logging.getLogger(__name__)

ALARM_POLL_SECONDS = 1.0


class BlueGreenUpdate:
    """Replaces an endpoint's blue fleet by a green one, or leaves everything as it was.

    Green starts and is pinged; traffic moves to it step by step; each step is watched; blue ends only after its last
    invocation. If any step fails, the blue fleet gets all traffic back: the update is rolled back silently.
    """

    def __init__(
        self, resources: Resources, record: EndpointRecord, router: Router, wait: Callable[[float], None]
    ) -> None:
        """`wait` sleeps for a number of seconds and raises if the update must be given up."""
        self._resources, self._record, self._router, self._wait = resources, record, router, wait

    def run(self, blue: Fleet, green: Fleet) -> None:
        """Update the endpoint; raises DeploymentFailedError after rolling back, or what `wait` raises."""
        policy = green.deployment.policy
        deadline = time.monotonic() + time_limit(policy)
        alarms = alarm_names(policy)
        try:
            green.start(lambda: self._check(deadline))
            self._check_alarms(alarms)
            for step in plan_steps(policy, sum(variant.count for variant in green.deployment.variants)):
                self._shift(blue, green, step)
                self._bake(step, alarms, deadline)
        except Exception:
            self._router.send_all_to(blue)
            green.close()
            raise
        self._router.send_all_to(green)
        blue.close()

    def _shift(self, blue: Fleet, green: Fleet, step: Step) -> None:
        self._record.stage("ActivatingTraffic")
        if step.part < 1.0:
            self._router.split(blue, green, step.part)
        else:
            self._router.send_all_to(green)

    def _bake(self, step: Step, alarms: list[str], deadline: float) -> None:
        if step.bake_seconds:
            share = f"{step.part:.0%} of the traffic"
            self._record.stage(f"Baking for {step.bake_seconds:.0f} seconds ({step.bake_setting}) with {share} enabled")
        end = time.monotonic() + step.bake_seconds
        while True:
            self._check(deadline)
            self._check_alarms(alarms)
            rest = end - time.monotonic()
            if rest <= 0:
                return
            self._wait(min(ALARM_POLL_SECONDS, rest))

    def _check(self, deadline: float) -> None:
        self._wait(0)
        if time.monotonic() > deadline:
            raise DeploymentFailedError("The deployment took longer than MaximumExecutionTimeoutInSeconds.")

    def _check_alarms(self, names: list[str]) -> None:
        """Raise if an alarm is on, or if CloudWatch does not answer: a fleet that cannot be watched gets no traffic."""
        try:
            states = alarm_states(self._resources.alarms, names)
        except (BotoCoreError, ClientError) as error:
            raise DeploymentFailedError(f"The auto-rollback alarms could not be checked: {error}") from error
        if missing := [name for name in names if name not in states]:
            raise DeploymentFailedError(f"Auto-rollback alarms do not exist: {', '.join(missing)}.")
        if on := [name for name in names if states[name] == "ALARM"]:
            raise DeploymentFailedError(f"Auto-rollback alarms are in ALARM state: {', '.join(on)}.")
