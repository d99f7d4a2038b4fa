"""The metrics that a gate can decide on, one a file: a file that holds a `METRIC` is an entry under its own name."""

from importlib import import_module
from pkgutil import iter_modules

from nightloop.domain.detection.precision.metric import Metric
from nightloop.domain.errors import EvaluationError

DEFAULT = "voc_ap50"


def metric_names() -> list[str]:
    """Return the names that a loop file may give its gate."""
    return sorted(module.name for module in iter_modules(__path__))


def metric_of(name: str) -> Metric:
    """Return a metric by its name.

    :raises EvaluationError: naming those there are.
    """
    if name not in metric_names():
        raise EvaluationError(f"there is no metric {name!r}; there are: {', '.join(metric_names())}")
    metric: Metric = import_module(f"{__name__}.{name}").METRIC
    return metric
