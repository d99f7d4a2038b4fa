"""Many images at once: objects in them, and what detectors of a skill see; scenes of one frame or of several."""

from dataclasses import dataclass

import numpy as np

from nightloop.domain.detection.precision.matching import Detections, Matches, Truth, match


@dataclass(frozen=True)
class World:
    """What images there are.

    `shares` is how often each class is seen, `objects` the mean number in an image (`least` at least), `shared` the
    part of the variance in how well an object is seen that is the object's own difficulty and the same to every
    detector (see `detectors.py`); of the rest, `alike` is the same in all frames of a scene.
    """

    shares: np.ndarray
    objects: float = 1.4
    least: int = 1
    frames: int = 1
    shared: float = 0.9
    alike: float = 0.9
    false: float = 2.0


@dataclass(frozen=True)
class Scenes:
    """Drawn scenes: of each object its scene, class, box and difficulty; how often an image shows nothing is in it."""

    world: World
    count: int
    scene: np.ndarray
    classes: np.ndarray
    boxes: np.ndarray
    difficulty: np.ndarray

    @property
    def groups(self) -> np.ndarray:
        """The scene of each image."""
        return np.repeat(np.arange(self.count), self.world.frames)

    @property
    def truths(self) -> list[Truth]:
        """The true objects of each image, frames of a scene one after the other."""
        once = _split(self.scene, self.count, self.boxes, self.classes)
        return [Truth(boxes, classes) for boxes, classes in once for _ in range(self.world.frames)]


def draw(world: World, generator: np.random.Generator, scenes: int) -> Scenes:
    counts = world.least + generator.poisson(world.objects, scenes)
    number = np.repeat(np.arange(scenes), counts)
    classes = generator.choice(len(world.shares), len(number), p=world.shares)
    return Scenes(world, scenes, number, classes, _boxes(generator, len(number)), generator.normal(size=len(number)))


def look(scenes: Scenes, generator: np.random.Generator, skill: float | np.ndarray) -> list[Detections]:
    """Let a detector look at all images; `skill` may be one for each class.

    An object is found when skill, difficulty and luck add up to more than 0. Scores follow the same sum; boxes are off
    by 8 % of a side; false boxes come as often as the world says, in the same places of all frames of a scene.
    """
    world, frames = scenes.world, scenes.world.frames
    own, of_scene = 1 - world.alike if frames > 1 else 1.0, world.alike if frames > 1 else 0.0

    def luck(size: int) -> np.ndarray:
        drawn = np.sqrt(of_scene) * generator.normal(size=size), np.sqrt(own) * generator.normal(size=(frames, size))
        return drawn[0] + drawn[1]  # [F, objects]

    size = len(scenes.scene)
    skills = np.broadcast_to(skill, (len(world.shares),))[scenes.classes]
    clarity = skills + np.sqrt(world.shared) * scenes.difficulty + np.sqrt(1 - world.shared) * luck(size)
    certainty = 1.2 * clarity + 0.5 * luck(size)
    shift = np.stack([luck(size) for _ in range(4)], axis=-1) * 0.08 * np.tile(scenes.boxes[:, 2:], 2)
    frame, found = np.nonzero(clarity > 0)
    false = generator.poisson(world.false, scenes.count)
    false_scene = np.repeat(np.arange(scenes.count), false)
    false_boxes = _boxes(generator, len(false_scene))
    false_classes = generator.choice(len(world.shares), len(false_scene), p=world.shares)
    false_certainty = -0.3 + 0.8 * luck(len(false_scene))
    image = np.concatenate([scenes.scene[found] * frames + frame, *(false_scene * frames + f for f in range(frames))])
    boxes = np.concatenate([(scenes.boxes + shift)[frame, found], *[false_boxes] * frames])
    classes = np.concatenate([scenes.classes[found], *[false_classes] * frames])
    certainty = np.concatenate([certainty[frame, found], false_certainty.ravel()])
    order = np.argsort(image, kind="stable")
    scores = 1 / (1 + np.exp(-certainty))
    parts = _split(image[order], scenes.count * frames, boxes[order], classes[order], scores[order])
    return [Detections(*part) for part in parts]


def matched(scenes: Scenes, detections: list[Detections]) -> Matches:
    return match(scenes.truths, detections, class_count=len(scenes.world.shares))


def _split(numbers: np.ndarray, count: int, *arrays: np.ndarray):
    """Cut arrays into one piece for each of `count` numbers; `numbers` are sorted."""
    bounds = np.searchsorted(numbers, np.arange(1, count))
    return list(zip(*(np.split(array, bounds) for array in arrays), strict=True))


def _boxes(generator: np.random.Generator, count: int) -> np.ndarray:
    return np.column_stack([generator.uniform(0, 300, (count, 2)), generator.uniform(40, 200, (count, 2))])
