"""What must hold between a loop's settings, each of them fine by itself."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nightloop.config.errors import LoopConfigError
from nightloop.config.models import LoopConfig
from nightloop.config.schedules import schedule_violation


def check_loop(loop: LoopConfig) -> None:
    """Raise LoopConfigError for the first thing that does not fit together."""
    problems = {
        "name": _name_problem(loop),
        "classes": _classes_problem(loop),
        "images": _images_problem(loop),
        "schedule": schedule_violation(loop.schedule) if loop.schedule is not None else None,
        "timezone": _timezone_problem(loop),
        "seed.holdout": "must not be the seed's manifest" if loop.seed.holdout == loop.seed.manifest else None,
    }
    for key, problem in problems.items():
        if problem:
            raise LoopConfigError(problem, path=loop.path, key=key)


def _name_problem(loop: LoopConfig) -> str | None:
    if loop.name == loop.path.stem:
        return None
    return f"must be {loop.path.stem!r}, as the file is named, not {loop.name!r}"


def _classes_problem(loop: LoopConfig) -> str | None:
    doubled = sorted({label for label in loop.classes if loop.classes.count(label) > 1})
    return f"holds {', '.join(doubled)} more than once" if doubled else None


def _images_problem(loop: LoopConfig) -> str | None:
    if "{ds}" not in loop.images:
        return f"must hold {{ds}}, which becomes the night's date, not {loop.images!r}"
    other = re.sub(r"\{ds\}", "", loop.images)
    return f"may hold no braces but {{ds}}: {loop.images!r}" if re.search(r"[{}]", other) else None


def _timezone_problem(loop: LoopConfig) -> str | None:
    try:
        ZoneInfo(loop.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"must be a time zone such as UTC or Europe/Berlin, not {loop.timezone!r}"
    return None
