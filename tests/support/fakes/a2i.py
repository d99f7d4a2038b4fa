"""Amazon A2I in memory: human loops, and the flow definitions, worker pages and work teams they belong to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from .client import ACCOUNT, REGION, FakeClient, operation

OPEN = {"InProgress", "Stopping"}


def arn(kind, name):
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name}"


class FakeHumanLoops(FakeClient):
    """`sagemaker-a2i-runtime`.

    :param control: The control plane with the flow definitions; None: any flow definition is taken.
    :param quota: How many loops may be open at once.
    :param page: How many loops ListHumanLoops gives at most.
    """

    service = "sagemaker-a2i-runtime"

    def __init__(self, control=None, quota=None, page=100):
        super().__init__()
        self.control = control
        self.quota = quota
        self.page = page
        self.loops: dict[str, dict[str, Any]] = {}
        self.unlisted: set[str] = set()
        """Loops a list does not show yet: it lags behind what DescribeHumanLoop knows."""
        self.now = lambda: datetime.now(UTC)

    def add(self, name, status="InProgress", flow="flow", age=timedelta(0), content="{}", **more):
        """Let a loop be there, whoever started it; `more` are further parts of its description."""
        created = self.now() - age
        self.loops[name] = {
            "HumanLoopName": name,
            "HumanLoopArn": arn("human-loop", name),
            "FlowDefinitionArn": flow if flow.startswith("arn:") else arn("flow-definition", flow),
            "HumanLoopStatus": status,
            "CreationTime": created,
            "input": content,
            **more,
        }

    def end(self, name, output=None, status="Completed", **more):
        """End a loop, with the address of its output if there is one."""
        self.loops[name] |= {"HumanLoopStatus": status, **more}
        if output is not None:
            self.loops[name]["HumanLoopOutput"] = {"OutputS3Uri": output}

    @operation
    def start_human_loop(self, HumanLoopName, FlowDefinitionArn, HumanLoopInput, **_):  # noqa: N803
        if self.control is not None and FlowDefinitionArn.rsplit("/", 1)[-1] not in self.control.flows:
            raise self.error("ValidationException", f"The flow definition {FlowDefinitionArn} does not exist.")
        there = self.loops.get(HumanLoopName)
        content = HumanLoopInput["InputContent"]
        if there is not None:  # open or ended: a name stays taken, as in our own review service
            if (there["input"], there["FlowDefinitionArn"]) != (content, FlowDefinitionArn):
                message = f"A human loop named {HumanLoopName} has another input"
                raise self.error("ConflictException", message, HTTPStatus.CONFLICT)
            return {"HumanLoopArn": there["HumanLoopArn"]}
        if (
            self.quota is not None
            and sum(loop["HumanLoopStatus"] in OPEN for loop in self.loops.values()) >= self.quota
        ):
            message = "You have reached the maximum number of human loops"
            raise self.error("ServiceQuotaExceededException", message, HTTPStatus.PAYMENT_REQUIRED)
        self.add(HumanLoopName, flow=FlowDefinitionArn, content=content)
        return {"HumanLoopArn": self.loops[HumanLoopName]["HumanLoopArn"]}

    @operation
    def describe_human_loop(self, HumanLoopName):  # noqa: N803
        return {key: value for key, value in self._loop(HumanLoopName).items() if key != "input"}

    @operation
    def list_human_loops(
        self, FlowDefinitionArn, CreationTimeAfter=None, SortOrder="Descending", NextToken=None, MaxResults=10, **_  # noqa: N803
    ):  # fmt: skip
        if self.control is not None and FlowDefinitionArn.rsplit("/", 1)[-1] not in self.control.flows:
            message = "The requested resource does not exist"
            raise self.error("ResourceNotFoundException", message, HTTPStatus.NOT_FOUND)
        found = [
            loop
            for name, loop in self.loops.items()
            if loop["FlowDefinitionArn"] == FlowDefinitionArn
            and name not in self.unlisted
            and (CreationTimeAfter is None or loop["CreationTime"] >= CreationTimeAfter)
        ]
        found.sort(key=lambda loop: (loop["CreationTime"], loop["HumanLoopName"]), reverse=SortOrder == "Descending")
        begin = int(NextToken or 0)
        end = begin + min(MaxResults, self.page)
        keys = ("HumanLoopName", "HumanLoopStatus", "CreationTime", "FlowDefinitionArn", "FailureReason")
        shown = [{key: loop[key] for key in keys if key in loop} for loop in found[begin:end]]
        return {"HumanLoopSummaries": shown, **({"NextToken": str(end)} if end < len(found) else {})}

    @operation
    def stop_human_loop(self, HumanLoopName):  # noqa: N803
        loop = self._loop(HumanLoopName)
        if loop["HumanLoopStatus"] != "InProgress":
            raise self.error("ValidationException", f"Human loop {HumanLoopName} is {loop['HumanLoopStatus']}.")
        loop["HumanLoopStatus"] = "Stopping" if loop.get("worked_on") else "Stopped"
        return {}

    @operation
    def delete_human_loop(self, HumanLoopName):  # noqa: N803
        if self._loop(HumanLoopName)["HumanLoopStatus"] in OPEN:
            raise self.error("ValidationException", f"Human loop {HumanLoopName} is not in a final state.")
        del self.loops[HumanLoopName]
        return {}

    def _loop(self, name):
        if name not in self.loops:
            message = f"Requested resource not found: {name}"
            raise self.error("ResourceNotFoundException", message, HTTPStatus.NOT_FOUND)
        return self.loops[name]


class FakeReviewFlows(FakeClient):
    """The part of `sagemaker` that A2I has: flow definitions, worker pages, work teams.

    :param teams: Work teams by name, each with the address of its portal.
    """

    service = "sagemaker"

    def __init__(self, teams=(("reviewers", "portal.example.com"),), page=10):
        super().__init__()
        self.teams = dict(teams)
        self.flows: dict[str, dict[str, Any]] = {}
        self.pages: dict[str, dict[str, Any]] = {}
        self.page = page
        self.flow_states: list[str] = []
        """What a flow definition is in before it is Active: one state for each look at it."""

    def add_flow(self, name, status="Active", task_ui="page", **more):
        config = {"HumanTaskUiArn": arn("human-task-ui", task_ui)}
        self.flows[name] = {
            "FlowDefinitionName": name,
            "FlowDefinitionArn": arn("flow-definition", name),
            "FlowDefinitionStatus": status,
            "HumanLoopConfig": config,
            "CreationTime": datetime.now(UTC),
            **more,
        }

    def add_page(self, name, content="<crowd-form></crowd-form>"):
        self.pages[name] = {"HumanTaskUiName": name, "HumanTaskUiArn": arn("human-task-ui", name), "content": content}

    @operation
    def create_flow_definition(self, FlowDefinitionName, HumanLoopConfig, **request):  # noqa: N803
        if FlowDefinitionName in self.flows:
            raise self.error("ResourceInUse", f"Flow definition {FlowDefinitionName} already exists")
        self.add_flow(FlowDefinitionName, HumanLoopConfig=HumanLoopConfig, **request)
        return {"FlowDefinitionArn": arn("flow-definition", FlowDefinitionName)}

    @operation
    def describe_flow_definition(self, FlowDefinitionName):  # noqa: N803
        flow = self._there(self.flows, FlowDefinitionName)
        return {**flow, "FlowDefinitionStatus": self.flow_states.pop(0)} if self.flow_states else dict(flow)

    @operation
    def delete_flow_definition(self, FlowDefinitionName):  # noqa: N803
        self._there(self.flows, FlowDefinitionName)
        del self.flows[FlowDefinitionName]
        return {}

    @operation
    def list_flow_definitions(self, NextToken=None, MaxResults=None, **_):  # noqa: N803
        keys = ("FlowDefinitionName", "FlowDefinitionArn", "FlowDefinitionStatus", "CreationTime")
        return self._listed("FlowDefinitionSummaries", self.flows, keys, NextToken, MaxResults)

    @operation
    def create_human_task_ui(self, HumanTaskUiName, UiTemplate, **_):  # noqa: N803
        if HumanTaskUiName in self.pages:
            raise self.error("ResourceInUse", f"Human task UI {HumanTaskUiName} already exists")
        self.add_page(HumanTaskUiName, UiTemplate["Content"])
        return {"HumanTaskUiArn": arn("human-task-ui", HumanTaskUiName)}

    @operation
    def describe_human_task_ui(self, HumanTaskUiName):  # noqa: N803
        page = self._there(self.pages, HumanTaskUiName)
        return {key: page[key] for key in ("HumanTaskUiName", "HumanTaskUiArn")} | {"HumanTaskUiStatus": "Active"}

    @operation
    def delete_human_task_ui(self, HumanTaskUiName):  # noqa: N803
        self._there(self.pages, HumanTaskUiName)
        del self.pages[HumanTaskUiName]
        return {}

    @operation
    def list_human_task_uis(self, NextToken=None, MaxResults=None, **_):  # noqa: N803
        keys = ("HumanTaskUiName", "HumanTaskUiArn")
        return self._listed("HumanTaskUiSummaries", self.pages, keys, NextToken, MaxResults)

    @operation
    def describe_workteam(self, WorkteamName):  # noqa: N803
        if WorkteamName not in self.teams:
            raise self.error("ValidationException", f"Could not find work team {WorkteamName}")
        team = {"WorkteamName": WorkteamName, "WorkteamArn": arn("workteam/private-crowd", WorkteamName)}
        portal = self.teams[WorkteamName]
        return {"Workteam": team | ({} if portal is None else {"SubDomain": portal})}

    def _there(self, things, name):
        if name not in things:
            raise self.error("ResourceNotFound", f"Requested resource not found: {name}")
        return things[name]

    def _listed(self, key, things, keys, token, most):
        begin, names = int(token or 0), list(things)
        end = begin + min(most or self.page, self.page)
        shown = [{key: things[name][key] for key in keys if key in things[name]} for name in names[begin:end]]
        return {key: shown, **({"NextToken": str(end)} if end < len(names) else {})}
