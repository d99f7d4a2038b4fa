"""What must hold between a loop's settings, each of them fine by itself."""

import re
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nightloop.config.errors import LoopConfigError
from nightloop.config.models import Channel, LoopConfig, Notify
from nightloop.config.schedules import schedule_violation


def check_loop(loop: LoopConfig) -> None:
    """Raise LoopConfigError for the first thing that does not fit together."""
    problems = {
        "name": _name_problem(loop),
        "classes": _classes_problem(loop),
        "images": _images_problem(loop),
        "schedule": schedule_violation(loop.schedule) if loop.schedule is not None else None,
        "timezone": _timezone_problem(loop.timezone),
        "first_night": _first_night_problem(loop),
        "review.deadline_timezone": _timezone_problem(loop.deadline_timezone),
        **_channel_problems(loop.notify),
        "promotion.alarms": _alarms_problem(loop),
        "promotion.max_seconds": _time_problem(loop),
        "selection.uncertain_band": _band_problem(loop),
        "selection.class_thresholds": _thresholds_problem(loop),
        "trust": _trust_problem(loop),
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


def _band_problem(loop: LoopConfig) -> str | None:
    band = loop.selection.uncertain_band
    if not band or (len(band) == 2 and band[0] <= band[1]):
        return None
    return f"must be empty or the lowest and the highest score, not {list(band)}"


def _thresholds_problem(loop: LoopConfig) -> str | None:
    thresholds = loop.selection.class_thresholds
    unknown = sorted(set(thresholds) - set(loop.classes))
    if unknown:
        return f"names {', '.join(unknown)}, which the loop's classes do not hold"
    beyond = [f"{label}: {score:g}" for label, score in thresholds.items() if not 0 <= score <= 1]
    return f"must be scores from 0 to 1, not {', '.join(beyond)}" if beyond else None


def _trust_problem(loop: LoopConfig) -> str | None:
    if loop.review.task_count > 1 or not (loop.trust.gold_share or loop.trust.tie_break_below):
        return None
    return "compares reviewers: review.task_count must be at least 2"


def _images_problem(loop: LoopConfig) -> str | None:
    if "{ds}" not in loop.images:
        return f"must hold {{ds}}, which becomes the night's date, not {loop.images!r}"
    other = re.sub(r"\{ds\}", "", loop.images)
    return f"may hold no braces but {{ds}}: {loop.images!r}" if re.search(r"[{}]", other) else None


def _first_night_problem(loop: LoopConfig) -> str | None:
    if loop.first_night is None:
        return None
    try:
        date.fromisoformat(loop.first_night)
    except ValueError:
        return f"must be a date, not {loop.first_night!r}"
    return None if loop.schedule else "needs a schedule: without one nights are run by hand"


def _timezone_problem(name: str) -> str | None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"must be a time zone such as UTC or Europe/Berlin, not {name!r}"
    return None


_ADDRESSES = {
    "smtp": (r"[^@\s,]+@[^@\s,]+(\s*,\s*[^@\s,]+@[^@\s,]+)*", "mail addresses with commas between them"),
    "sns": (r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[^\s]+", "a topic's ARN: arn:aws:sns:REGION:ACCOUNT:NAME"),
    "sqs": (r"https?://[^\s]+", "a queue's URL"),
    "slack": (r"", "left out: the webhook of the connection knows its channel"),
}


def _channel_problems(notify: Notify) -> dict[str, str | None]:
    channels = {"reviewers": notify.reviewers, "owners": notify.owners}
    return {
        f"notify.{kind}[{number}].to": _address_problem(channel)
        for kind, listed in channels.items()
        for number, channel in enumerate(listed)
    }


def _address_problem(channel: Channel) -> str | None:
    pattern, hint = _ADDRESSES[channel.via]
    return None if re.fullmatch(pattern, channel.to) else f"must be {hint}, not {channel.to!r}"


def _alarms_problem(loop: LoopConfig) -> str | None:
    seen = set()
    for number, alarm in enumerate(loop.promotion.alarms, start=1):
        if alarm.period_seconds not in {10, 30} and alarm.period_seconds % 60:
            return f"entry {number}: period_seconds must be 10, 30 or a multiple of 60, not {alarm.period_seconds}"
        if (alarm.metric, alarm.statistic) in seen:
            return f"entry {number}: {alarm.statistic} of {alarm.metric} has an alarm already"
        seen.add((alarm.metric, alarm.statistic))
    return None


def _time_problem(loop: LoopConfig) -> str | None:
    promotion = loop.promotion
    waits = promotion.canary_seconds + promotion.bake_seconds
    return f"must be more than canary_seconds and bake_seconds, {waits}" if promotion.max_seconds <= waits else None
