"""What happens when a worker is too slow, gives a task back, or declines it."""


def test_a_late_answer_is_refused_and_kept(service, job, worker, answer, written):
    loop = job.starts_loop()
    late_task = worker.starts_working(job.name)
    service.time_of_task_passes(late_task)
    refused = worker.submits(answer)
    assert refused.status_code == 409
    error = refused.json()["error"]
    assert error["code"] == "ClaimExpired"
    assert "does not count" in error["message"]
    assert "back to the queue" in error["message"]
    ((kept,),) = service.reads("SELECT late_answer FROM claims WHERE id = :task", task=late_task)
    assert "boundingBoxes" in kept
    assert job.status(loop) == "InProgress"
    assert worker.opens(f"/portal/tasks/{late_task}").status_code == 409

    colleague = service.employs("bob", job.group)
    colleague.signs_in()
    assert colleague.starts_working(job.name)
    assert worker.submits(answer, task=late_task).status_code == 409, "the second try is refused as well"
    colleague.submits({"from": "bob"})
    (only,) = written(job.becomes(loop, "Completed"))["humanAnswers"]
    assert only["answerContent"] == {"from": "bob"}


def test_a_task_returns_to_the_queue_by_itself(service, job, worker, eventually):
    job.starts_loop()
    task = worker.starts_working(job.name)
    service.time_of_task_passes(task)
    eventually(lambda: service.reads("SELECT state FROM claims WHERE id = :task", task=task) == [("expired",)])
    assert worker.sees_waiting(job.name) == 1
    assert worker.starts_working(job.name) not in {None, task}


def test_who_stops_working_may_come_back(job, worker):
    job.starts_loop()
    task = worker.starts_working(job.name)
    assert worker.stops_working().url.path == "/portal/"
    assert worker.submits({}, task=task).json()["error"]["code"] == "TaskNotHeld"
    assert worker.starts_working(job.name) not in {None, task}


def test_who_declines_never_gets_the_task_again(service, new_job, answer, written):
    job = new_job(TaskCount=2)
    ann, bob, cleo = (service.employs(name, job.group) for name in ("ann", "bob", "cleo"))
    for worker in (ann, bob, cleo):
        worker.signs_in()
    loop = job.starts_loop()
    ann.starts_working(job.name)
    assert ann.declines().url.path == "/portal/"
    assert ann.sees_waiting(job.name) == 0
    assert ann.starts_working(job.name) is None
    for worker in (bob, cleo):
        worker.starts_working(job.name)
        worker.submits(answer)
    assert len(written(job.becomes(loop, "Completed"))["humanAnswers"]) == 2


def test_as_many_declines_as_answers_asked_for_end_the_loop(job, worker):
    loop = job.starts_loop()
    worker.starts_working(job.name)
    worker.declines()
    described = job.becomes(loop, "Failed")
    assert described["FailureCode"] == "Expired"
    assert "declined" in described["FailureReason"]


def test_a_task_never_outlives_its_loop(service, new_job):
    job = new_job(TaskAvailabilityLifetimeInSeconds=2, TaskTimeLimitInSeconds=3600)
    worker = service.employs("ann", job.group)
    worker.signs_in()
    loop = job.starts_loop()
    assert worker.starts_working(job.name)
    job.becomes(loop, "Failed")
    assert worker.submits({}).json()["error"]["code"] == "ClaimExpired"
