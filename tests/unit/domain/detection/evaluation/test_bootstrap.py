import time

import numpy as np
import pytest
from scipy import stats

from nightloop.domain.detection.evaluation.bootstrap import differences_of, draw, paired_bootstrap
from nightloop.domain.detection.metrics.voc_ap50 import VocMeasured, measure
from nightloop.domain.errors import EvaluationError


def matches(scenes, truths, detections, class_count=3) -> VocMeasured:
    return measure(
        [scenes.truth(image) for image in truths],
        [scenes.detections(image) for image in detections],
        [str(number) for number in range(class_count)],
    )


def spoiled(detections, generator, share):
    """Drop a share of the detections."""
    return [[item for item in image if generator.random() >= share] for image in detections]


def test_the_same_model_twice_is_a_tie(scenes) -> None:
    both = matches(scenes, *scenes.random(np.random.default_rng(1)))
    result = paired_bootstrap(both, both, rounds=300, seed=1)
    assert (result.p_better, result.interval, result.rounds) == (0.5, (0.0, 0.0), 300)


def test_the_same_seed_gives_the_same_result(scenes) -> None:
    generator = np.random.default_rng(2)
    truths, good = scenes.random(generator, 30)
    champion, challenger = matches(scenes, truths, spoiled(good, generator, 0.3)), matches(scenes, truths, good)
    one, again, other = (paired_bootstrap(champion, challenger, rounds=400, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert one.p_better == pytest.approx(other.p_better, abs=0.1)


def test_the_other_way_round_is_the_other_way_round(scenes) -> None:
    generator = np.random.default_rng(3)
    truths, good = scenes.random(generator, 20)
    one, other = matches(scenes, truths, spoiled(good, generator, 0.2)), matches(scenes, truths, good)
    forth, back = (paired_bootstrap(*pair, rounds=500, seed=1) for pair in ((one, other), (other, one)))
    assert forth.p_better == pytest.approx(1 - back.p_better)
    assert forth.interval == pytest.approx((-back.interval[1], -back.interval[0]))


def test_it_is_what_repeated_evaluation_of_drawn_images_gives(scenes, oracle) -> None:
    generator = np.random.default_rng(4)
    truths, good = scenes.random(generator, 12)
    bad = spoiled(good, generator, 0.3)
    differences = []
    for _ in range(1500):
        drawn = generator.integers(0, 12, 12)
        old, new = (oracle.mean([truths[i] for i in drawn], [found[i] for i in drawn], 3) for found in (bad, good))
        differences.append(new - old)
    result = paired_bootstrap(matches(scenes, truths, bad), matches(scenes, truths, good), rounds=4000, seed=1)
    assert result.interval == pytest.approx(np.percentile(differences, [2.5, 97.5]), abs=0.04)
    wins, ties = np.mean(np.array(differences) > 1e-12), np.mean(abs(np.array(differences)) <= 1e-12)
    assert result.p_better == pytest.approx(wins + ties / 2, abs=0.05)


def test_a_much_better_model_is_better_for_sure(scenes) -> None:
    generator = np.random.default_rng(5)
    truths, _ = scenes.random(generator, 40)
    perfect = [[(kind, 0.9, box) for kind, box in image] for image in truths]
    result = paired_bootstrap(
        matches(scenes, truths, spoiled(perfect, generator, 0.6)), matches(scenes, truths, perfect), rounds=500, seed=1
    )
    assert result.p_better == 1.0
    assert 0 < result.interval[0] <= result.interval[1] <= 1


def test_rounds_without_any_object_are_ties(scenes) -> None:
    box = (0, 0, 10, 10)
    truths = [[(0, box)]] + [[]] * 9  # about a third of the draws miss the only object
    nothing, found = matches(scenes, truths, [[]] * 10), matches(scenes, truths, [[(0, 0.9, box)]] + [[]] * 9)
    result = paired_bootstrap(nothing, found, rounds=5000, seed=1)
    assert result.p_better == pytest.approx(1 - 0.9**10 / 2, abs=0.02)


def test_images_of_one_group_are_drawn_together(scenes) -> None:
    """Ten copies of each image say no more than one: groups give back what the images once each say."""
    generator = np.random.default_rng(9)
    truths, good = scenes.random(generator, 30, scores=100_000)
    bad = spoiled(good, generator, 0.3)
    once = paired_bootstrap(matches(scenes, truths, bad), matches(scenes, truths, good), rounds=2000, seed=1)
    copied = [matches(scenes, truths * 10, found * 10) for found in (bad, good)]
    grouped = paired_bootstrap(*copied, rounds=2000, seed=1, groups=np.tile(np.arange(30), 10))
    assert grouped.p_better == pytest.approx(once.p_better, abs=0.03)
    assert grouped.interval == pytest.approx(once.interval, abs=0.05)
    alone = paired_bootstrap(*copied, rounds=2000, seed=1)
    width = alone.interval[1] - alone.interval[0]
    assert width < 0.5 * (grouped.interval[1] - grouped.interval[0])


def test_a_share_of_rounds_over_few_groups_is_students(scenes) -> None:
    generator = np.random.default_rng(10)
    truths, good = scenes.random(generator, 24, scores=100_000)
    bad, groups = spoiled(good, generator, 0.1), np.repeat(np.arange(12), 2)
    pair = [matches(scenes, truths, found) for found in (bad, good)]
    found = paired_bootstrap(*pair, rounds=1000, seed=1, groups=groups)
    drawn = np.random.default_rng(1)
    differences = differences_of(*pair, draw(drawn, 1000, 12)[:, groups])
    share = (differences > 1e-12).mean() + (abs(differences) <= 1e-12).mean() / 2
    assert 0 < share < 1
    expected = stats.t.cdf(stats.norm.ppf(share) * np.sqrt(11 / 12), 11)
    assert found.p_better == pytest.approx(expected, abs=0.002)
    assert abs(found.p_better - 0.5) < abs(share - 0.5)


def test_groups_of_other_images_are_refused(scenes) -> None:
    one = matches(scenes, *scenes.random(np.random.default_rng(6), 5))
    with pytest.raises(EvaluationError, match="5 images have 4 groups"):
        paired_bootstrap(one, one, rounds=10, seed=1, groups=np.arange(4))


def test_other_images_are_refused(scenes) -> None:
    one, other = (matches(scenes, *scenes.random(np.random.default_rng(seed), 5)) for seed in (6, 7))
    fewer = matches(scenes, *scenes.random(np.random.default_rng(6), 4))
    for pair in ((one, other), (one, fewer)):
        with pytest.raises(EvaluationError, match="not run over the same images"):
            paired_bootstrap(*pair, rounds=10, seed=1)


def test_no_round_is_refused(scenes) -> None:
    one = matches(scenes, *scenes.random(np.random.default_rng(6), 5))
    with pytest.raises(EvaluationError, match="at least one round"):
        paired_bootstrap(one, one, rounds=0, seed=1)


def test_a_thousand_rounds_over_three_hundred_images_are_quick(scenes) -> None:
    generator = np.random.default_rng(8)
    truths, good = scenes.random(generator, 300, 20, truths=8, detections=200, scores=10_000)
    champion = matches(scenes, truths, spoiled(good, generator, 0.2), 20)
    challenger = matches(scenes, truths, good, 20)
    started = time.process_time()
    paired_bootstrap(champion, challenger, rounds=1000, seed=1)
    assert time.process_time() - started < 2
