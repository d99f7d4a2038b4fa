"""Whose a job is: the last who wrote an entry, until it is given up for good."""

from __future__ import annotations

import pytest

from nightloop.aws.jobs.ownership import Ownership
from nightloop.aws.jobs.ownership_log import Owner, OwnershipLog
from nightloop.aws.storage.object_store import ObjectStore
from tests.support.fakes.task import FakeTask

FOLDER = "s3://bucket/owners"


@pytest.fixture
def owners(s3):
    return OwnershipLog(ObjectStore(), FOLDER)


def test_the_last_who_takes_it_has_it(owners):
    assert all([owners.take("1"), owners.take("1"), owners.take("2")])
    assert owners.history() == [Owner("1"), Owner("2")]
    assert not owners.give_up("1")
    assert owners.give_up("2")
    assert owners.give_up("2")
    assert owners.history()[-1] == Owner("2", given_up=True)


def test_what_was_given_up_is_nobody_s_any_more(owners):
    owners.take("1")
    owners.give_up("1")
    assert not owners.take("1")
    assert not owners.take("2")


def test_nobody_s_job_cannot_be_given_up(owners):
    assert not owners.give_up("1")
    assert owners.history() == []


def test_who_is_overtaken_while_giving_up_has_lost_it(s3, owners):
    owners.take("1")
    s3.before("put_object", lambda: OwnershipLog(ObjectStore(), FOLDER).take("2"))
    assert not owners.give_up("1")
    assert owners.history() == [Owner("1"), Owner("2")]


def test_who_is_overtaken_while_taking_comes_after(s3, owners):
    s3.before("put_object", lambda: OwnershipLog(ObjectStore(), FOLDER).take("2"))
    assert owners.take("1")
    assert owners.history() == [Owner("2"), Owner("1")]


def test_who_takes_what_is_given_up_at_that_moment_does_not_get_it(s3, owners):
    owners.take("1")
    s3.before("put_object", lambda: OwnershipLog(ObjectStore(), FOLDER).give_up("1"))
    assert not owners.take("2")


@pytest.mark.parametrize(("state", "ended"), [("failed", True), ("success", True), ("running", False), (None, False)])
def test_an_attempt_gives_up_only_what_a_person_ended(owners, task_state, state, ended):
    owners.take("1")
    task_state(state)
    assert Ownership(FOLDER, "1").end(ObjectStore(), FakeTask()) is ended
    assert owners.history()[-1].given_up is ended


def test_without_a_task_to_ask_about_nothing_is_given_up(owners):
    owners.take("1")
    assert not Ownership(FOLDER, "1").end(ObjectStore(), None)
