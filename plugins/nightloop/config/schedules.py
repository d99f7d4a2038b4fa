"""Check a schedule before Airflow sees it: one bad loop must not stop the file that makes the DAGs of all loops."""

import re

PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")

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
    """Say why a schedule is neither five cron fields nor a preset, None when it is one."""
    if schedule.startswith("@"):
        return None if schedule in PRESETS else f"must be one of {', '.join(PRESETS)}, not {schedule!r}"
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        return f"must be five cron fields (minute hour day month weekday), not {schedule!r}"
    problems = (_field_violation(text, *limits) for text, limits in zip(fields, _FIELDS, strict=True))
    return next((problem for problem in problems if problem), None)


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
    return None


def _value(text: str, names: dict[str, int]) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else names.get(text.lower())
