"""What a transform job over a night's images is made with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nightloop.config import LoopConfig


@dataclass(frozen=True)
class NightTransformSettings:
    """How a large night of a loop is scored.

    :param loop: The loop's name.
    :param endpoint_name: The live endpoint: its model is the one that scores.
    :param classes: The loop's classes, in the order of their numbers.
    :param max_unscored_share: The largest share of images without a result.
    :param few: Fewer images than this never fail a night.
    """

    loop: str
    endpoint_name: str
    classes: tuple[str, ...]
    instance_type: str = "ml.m5.large"
    instance_count: int = 1
    max_concurrent_transforms: int = 4
    max_unscored_share: float = 0.5
    few: int = 5
    tags: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, config: LoopConfig) -> NightTransformSettings:
        """Take the settings from a loop's file."""
        machines = config.scoring.transform
        return cls(
            loop=config.name,
            endpoint_name=config.endpoint.name,
            classes=config.classes,
            instance_type=machines.instance_type,
            instance_count=machines.instance_count,
            max_concurrent_transforms=machines.max_concurrent_transforms,
            max_unscored_share=config.limits.max_unscored_share,
            few=config.limits.few,
            tags=config.tags,
        )
