import pytest

from services.faults import EVENT_KINDS, Fault, FaultOrderError, Faults, Order


def kinds(faults, operation, count, name=""):
    taken = [faults.take(operation, name) for _ in range(count)]
    return [fault.kind if fault else None for fault in taken]


def test_orders_are_carried_out_in_turn_and_as_often_as_asked():
    faults = Faults()
    faults.order(Order("Start", "throttle", times=2), Order("*", "error"), Order("Start", "slow", seconds=3))
    assert kinds(faults, "Start", 3) == ["throttle", "throttle", "error"]
    assert faults.take("Stop") is None
    assert faults.take("Start") == Fault("slow", 3)
    assert faults.take("Start") is None


def test_the_first_calls_are_let_through():
    faults = Faults()
    faults.order(Order("Start", "error", skip=2))
    assert kinds(faults, "Start", 4) == [None, None, "error", None]


def test_only_calls_about_the_named_thing_are_struck_or_counted():
    faults = Faults(("missing",))
    faults.order(Order("GetObject", "missing", skip=1, name="*/output.json"))
    assert kinds(faults, "GetObject", 2, "bucket/plan.jsonl") == [None, None]
    assert kinds(faults, "GetObject", 3, "bucket/a/output.json") == [None, "missing", None]


def test_chance_is_the_seeds():
    def drawn(seed):
        faults = Faults()
        faults.order(Order("*", "error", times=1000, probability=0.3, seed=seed))
        return kinds(faults, "Start", 1000)

    assert drawn(1) == drawn(1) != drawn(2)
    assert 250 < drawn(1).count("error") < 350


def test_a_kind_that_the_service_cannot_do_is_refused_and_nothing_is_ordered():
    faults = Faults()
    with pytest.raises(FaultOrderError, match="no fault 'missing' here; choose from throttle"):
        faults.order(Order("*", "error"), Order("*", "missing"))
    assert faults.take("Start") is None


def test_a_fault_of_events_does_not_strike_a_call():
    faults = Faults(("error", *EVENT_KINDS))
    faults.order(Order("*", "lose"), Order("*", "error"))
    assert faults.take("Start", among=("error",)) == Fault("error", 1)
    assert faults.take("SendEvent", among=EVENT_KINDS) == Fault("lose", 1)


def test_the_clock_is_put_wrong_until_the_orders_are_forgotten():
    faults = Faults(("clock",))
    faults.order(Order("*", "clock", seconds=-290))
    assert (faults.clock_offset, faults.take("Start")) == (-290, None)
    faults.clear()
    assert faults.clock_offset == 0


def test_the_report_tells_what_is_to_come_and_what_happened():
    faults = Faults()
    faults.order(Order("Start", "error", times=3))
    kinds(faults, "Start", 2)
    report = faults.report()
    assert (report["waiting"], report["happened"]) == (1, [{"operation": "Start", "kind": "error", "times": 2}])
