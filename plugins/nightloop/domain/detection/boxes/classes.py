"""Whether a loop's class list is the one a model was trained on: a model knows classes as numbers only."""

from collections.abc import Sequence


def class_list_problem(loop: Sequence[str], model: Sequence[str]) -> str | None:
    """Say how a loop's class list differs from a model's; None if it does not."""
    if len(loop) != len(model):
        return f"the loop's file names {len(loop)} classes, the model was trained on {len(model)}"
    differing = [number for number, (own, learned) in enumerate(zip(loop, model, strict=True)) if own != learned]
    if not differing:
        return None
    first = differing[0]
    how = "in another order: " if sorted(loop) == sorted(model) else ""
    return f"{how}class {first} is {loop[first]!r} in the loop's file, the model was trained on {model[first]!r}"
