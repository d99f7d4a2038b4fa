"""CreateTaskUi: a page for each text of a template, made once."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import PermissionDeniedError, SetupError
from nightloop.aws.operators.a2i.create_task_ui import CreateTaskUiOperator
from nightloop.domain.identity import naming
from tests.support.fakes.a2i import arn
from tests.support.fakes.client import aws_error
from tests.support.night import run

TEXT = "<crowd-form>é</crowd-form>"


@pytest.fixture
def creating(tmp_path):
    path = tmp_path / "page.liquid.html"
    path.write_text(TEXT, encoding="utf-8")

    def make(**changes):
        given = {"task_id": "page", "loop": "voc", "template_path": str(path), "tags": {"team": "a"}}
        return CreateTaskUiOperator(**given | changes)

    make.path = path
    return make


def test_the_page_is_made_once(flows, creating, capsys):
    name = naming.task_ui_name("voc", TEXT)
    assert run(creating()) == run(creating()) == arn("human-task-ui", name)
    assert flows.pages[name]["content"] == TEXT
    assert flows.requests("create_human_task_ui")[0]["Tags"] == [{"Key": "team", "Value": "a"}]
    said = capsys.readouterr().out
    assert f"Created worker page {name}" in said
    assert f"Found worker page {name}" in said


def test_another_text_is_another_page(flows, creating):
    run(creating())
    creating.path.write_text("<crowd-form></crowd-form>")
    run(creating())
    assert len(flows.pages) == 2


def test_one_that_another_run_makes_at_the_same_moment_is_found(flows, creating):
    name = naming.task_ui_name("voc", TEXT)
    flows.before("create_human_task_ui", lambda: flows.add_page(name, TEXT))
    assert run(creating()) == arn("human-task-ui", name)


def test_a_template_that_is_not_there_is_named(flows, creating):
    creating.path.unlink()
    with pytest.raises(SetupError, match=r"page.liquid.html.*Correct review.template"):
        run(creating())
    assert flows.calls == []


def test_a_refusal_names_the_connection(flows, creating):
    flows.fail("create_human_task_ui", aws_error("AccessDeniedException", "no", status=403))
    with pytest.raises(PermissionDeniedError, match="'a2i_default'"):
        run(creating())


def test_the_connection_of_the_reviews_is_templated(flows, creating, clients):
    clients.use(flows, "elsewhere")
    run(creating(a2i_conn_id="{{ params.conn }}"), conn="elsewhere")
    assert {conn for _, conn, *_ in clients.asked} == {"elsewhere"}
