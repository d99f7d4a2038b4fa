"""Checks a schedule before Airflow sees it: one bad loop must not stop the file that makes the DAGs of all loops.

A night is a calendar day, run once when it is over. So a schedule fires once on every day: any other would leave days
out, or run some twice.
"""

import re
from collections.abc import Iterator

DAILY = "@daily"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, start=1)}),
    ("day of the week", 0, 7, {name: number for number, name in enumerate(_DAYS)}),
)
_PART = re.compile(r"(?P<all>\*)(/(?P<all_step>\d+))?|(?P<low>\w+)(-(?P<high>\w+)(/(?P<step>\d+))?)?")


def schedule_violation(schedule: str) -> str | None:
    """Say why a schedule is not one time of day on every day, in five cron fields or as `@daily`; None when it is."""
    if schedule.startswith("@"):
        return None if schedule == DAILY else f"must be {DAILY} or five cron fields, not {schedule!r}: {_WHY}"
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        return f"must be five cron fields (minute hour day month weekday), not {schedule!r}"
    problems = [_field_violation(text, *limits) for text, limits in zip(fields, _FIELDS, strict=True)]
    return next((problem for problem in problems if problem), None) or _nights_violation(schedule)


_WHY = "a night is a day, and each is run once, when it is over"


def _nights_violation(schedule: str) -> str | None:
    """Say which days a valid schedule leaves out or runs twice."""
    values = [set(_values(text, *limits)) for text, limits in zip(schedule.split(), _FIELDS, strict=True)]
    minutes, hours, *days = values
    for chosen, (name, low, high, _) in zip(days, _FIELDS[2:], strict=True):
        every = set(range(low, high + 1)) - ({7} if name == "day of the week" else set())
        if not every <= chosen:
            return f"leaves days out by its {name}, in {schedule!r}; write * there: {_WHY}"
    if len(minutes) * len(hours) > 1:
        times = len(minutes) * len(hours)
        return f"fires {times} times a day, in {schedule!r}; name one minute and one hour, such as '0 2 * * *': {_WHY}"
    return None


def _values(text: str, name: str, low: int, high: int, names: dict[str, int]) -> Iterator[int]:
    """Yield the numbers a valid field stands for; Sunday is 0, also where 7 is written."""
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            return
        if found["all"]:
            first, last = low, high
        else:
            first, last = (_value(found[group] or found["low"], names) or 0 for group in ("low", "high"))
        for number in range(first, last + 1, int(found["all_step"] or found["step"] or 1)):
            yield 0 if name == "day of the week" and number == 7 else number


def _field_violation(text: str, name: str, low: int, high: int, names: dict[str, int]) -> str | None:
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            return f"has {part!r} for the {name}, which is not a cron field"
        if "0" in (found["all_step"], found["step"]):
            return f"has a step of 0 in {part!r} for the {name}"
        ends = [_value(found[group], names) for group in ("low", "high") if found[group] is not None]
        if any(value is None or not low <= value <= high for value in ends):
            return f"has {part!r} for the {name}, which must lie between {low} and {high}"
        numbers = [value for value in ends if value is not None]
        if numbers != sorted(numbers):
            return f"has the range {part!r} for the {name}, which ends before it begins"
        if len(numbers) > 1 and numbers[0] == numbers[1]:
            # Airflow's cron reader reads such a range with a step as every value.
            return f"has the range {part!r} for the {name}, which is one value: write {found['low']}"
    return None


def _value(text: str, names: dict[str, int]) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else names.get(text.lower())
