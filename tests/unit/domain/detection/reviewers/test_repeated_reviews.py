from dataclasses import replace

import pytest

from nightloop.domain.detection.answers import Answer, Unusable, earlier_answer, parse_output
from nightloop.domain.detection.reviewers.gold_comparison import reviewer_records
from nightloop.domain.detection.reviewers.repeated_reviews import gold_reviews, tie_breaks
from nightloop.domain.detection.selection import Effort, PlannedReview, input_content
from nightloop.domain.selection.budget import Budget


@pytest.fixture
def answer(make):
    def answer(*drawn, uri="s3://b/a.jpg", **changes) -> Answer:
        """One reviewer for each list of labels."""
        humans = [
            make.human(*(make.drawn(label) for label in labels), workerId=f"w{number}")
            for number, labels in enumerate(drawn)
        ]
        content = {"taskObject": uri, "initialValue": [make.drawn("cat") | {"score": 0.4}]}
        review = make.review(image=make.image(uri), **changes)
        return parse_output(make.output(*humans, inputContent=content), review, make.classes)

    return answer


def breaks(answers, agreement=0.8, planned=(), budget=Budget()) -> list[PlannedReview]:  # noqa: B008
    return tie_breaks(answers, loop="voc", agreement=agreement, planned=planned, budget=budget, effort=Effort())


def test_a_disagreement_is_looked_at_again(answer) -> None:
    split = answer(["sofa"], ["cat"])
    (review,) = breaks([split, answer(["sofa"], ["sofa"], uri="s3://b/b.jpg"), answer(["sofa"], uri="s3://b/c.jpg")])
    assert (review.image, review.ordinal, review.purpose) == (split.image, 1, "low-confidence")
    assert review.review_name != split.review_name
    assert breaks([split]) == [review], "the name says what is reviewed"
    assert PlannedReview.from_json(review.to_json()) == review


def test_the_second_look_settles_it(answer, make) -> None:
    (review,) = breaks([answer(["sofa"], ["cat"])])
    output = make.output(make.human(make.drawn("sofa"), workerId="w9"), humanLoopName=review.review_name)
    output["inputContent"]["taskObject"] = review.image.uri
    settled = parse_output(output, review, make.classes)
    assert [box.label for box in settled.boxes] == ["sofa"]
    assert len(settled.reviewers) == 3
    assert settled.agreement == pytest.approx(1 / 3)
    assert breaks([settled]) == [], "an image is looked at again once only"
    assert [evidence.reviews for evidence in reviewer_records([settled])] == [1], (
        "the earlier night counted the other two"
    )
    assert settled.seconds == 40.5
    assert Answer.from_json(settled.to_json()) == settled


def test_without_a_second_answer_the_first_ones_stand(answer, make) -> None:
    split = answer(["sofa", "chair"], ["sofa"])
    (review,) = breaks([split], agreement=0.9)
    alone = earlier_answer(review)
    assert alone is not None
    assert (alone.boxes, alone.agreement, alone.seconds) == (split.boxes, split.agreement, 0.0)
    assert earlier_answer(make.review()) is None


def test_the_least_agreed_is_settled_first_within_the_budget(answer, make) -> None:
    answers = [answer(["sofa", "chair"], ["sofa"]), answer(["sofa"], ["cat"], uri="s3://b/b.jpg")]
    planned = [make.review(seconds=20.0), make.review(left_out="no money")]
    assert [review.image.uri for review in breaks(answers, planned=planned, budget=Budget(reviews=2))] == [
        "s3://b/b.jpg"
    ]
    assert len(breaks(answers, planned=planned, budget=Budget(reviews=3))) == 2
    assert breaks(answers, planned=planned, budget=Budget(minutes=0.5)) == []
    assert breaks(answers, agreement=0.0) == []


def refused(make, uri="s3://b/r.jpg", **changes) -> Answer:
    review = make.review(make.box("cat", score=0.4), image=make.image(uri), **changes)
    return Answer.refused(review, Unusable("label", "label 'Cat' is not one of the loop's classes"))


def test_what_nobody_answered_usably_is_asked_again_once(make) -> None:
    (review,) = breaks([refused(make)], agreement=0.0)
    assert (review.ordinal, review.earlier, review.boxes) == (1, (), (make.box("cat", score=0.4),))
    assert breaks([refused(make)], agreement=0.0) == [review], "the name says what is reviewed"
    assert breaks([refused(make, ordinal=1)]) == []
    assert breaks([refused(make, gold=())]) == []
    assert breaks([refused(make)], budget=Budget(reviews=0)) == []
    assert earlier_answer(review) is None


def test_what_remains_empty_beside_an_answer_that_cannot_be_used_is_asked_again(make) -> None:
    humans = [make.human(make.drawn("unicorn"), workerId="w1"), make.human(workerId="w2")]
    open_ = parse_output(make.output(*humans), make.review(), make.classes)
    (review,) = breaks([open_], agreement=0.0)
    assert [len(earlier["boxes"]) for earlier in review.earlier] == [0]
    output = make.output(make.human(workerId="w3"), humanLoopName=review.review_name)
    settled = parse_output(output, review, make.classes)
    assert (settled.boxes, settled.unusable, len(settled.reviewers)) == ((), None, 2)


def test_what_reviewers_left_open_is_asked_again_however_far_they_agree(answer) -> None:
    split = answer(["sofa", "chair"], ["sofa"])
    assert split.agreement == pytest.approx(2 / 3)
    assert split.unusable is not None
    assert len(breaks([split], agreement=0.1)) == 1
    assert breaks([split], agreement=0.0) == []


def gold(answers, count=1, night="2026-11-22", agreement=0.9) -> list[PlannedReview]:
    return gold_reviews(answers, loop="voc", night=night, count=count, agreement=agreement, effort=Effort(), seed=7)


def test_what_reviewers_agreed_on_measures_the_next_ones(answer, make) -> None:
    known = answer(["sofa"], ["sofa"], audit_drawn=True)
    (review,) = gold([known])
    assert (review.gold, review.purpose, review.audit_drawn) == (known.boxes, "gold", False)
    assert gold([known], night="2026-11-23")[0].review_name != review.review_name, "each night measures anew"
    content = input_content(review, make.classes, 0.3)
    assert "gold" not in content, "the reviewer must not know"
    assert '"label":"cat"' in content, "what was shown then is shown now"
    assert PlannedReview.from_json(review.to_json()) == review


def test_only_agreement_of_several_makes_known(answer) -> None:
    assert gold([answer(["sofa"])], 9) == [], "one reviewer always agrees with themselves"
    assert gold([answer([], [])], 9) == [], "nothing to find measures nothing"
    assert gold([answer(["sofa"], ["dog"])], 9) == []
    assert gold([replace(answer(["sofa"], ["sofa"]), gold=())], 9) == [], "gold is not made of gold"
    assert gold([replace(answer(["sofa"], ["sofa"]), left_out=("answer 3: no",))], 9) == []
    assert gold([replace(answer(["sofa"], ["sofa"]), shown=None)], 9) == [], "nobody knows whether anything was changed"
    nameless = answer(["sofa"], ["sofa"])
    nameless = replace(nameless, reviewers=tuple(replace(each, reviewer=None) for each in nameless.reviewers))
    assert gold([nameless], 9) == [], "it may have been one person"


def test_who_sends_back_what_was_shown_makes_nothing_known(answer) -> None:
    assert gold([answer(["cat"], ["cat"], ["cat"])], 9) == [], "those who look at nothing agree on what was shown"
    assert gold([answer(["cat"], ["cat"], ["sofa"])], 9) == []
    split = answer(["sofa"], ["cat"], ["sofa"])
    (review,) = gold([split], 9)
    assert [box.label for box in review.gold] == ["sofa"]
    changed = [reviewer.reviewer for reviewer in split.reviewers if reviewer.boxes[0].label == "sofa"]
    assert review.gold_by == tuple(sorted(changed))


def test_boxes_that_were_only_drawn_closer_make_nothing_known(answer, make) -> None:
    tight = answer(["cat"], ["cat"])
    closer = tuple(
        replace(reviewer, boxes=tuple(replace(box, left=box.left + box.width * 0.1) for box in reviewer.boxes))
        for reviewer in tight.reviewers
    )
    assert gold([replace(tight, reviewers=closer)], 9) == [], "who leaves the shown box as it is has done no wrong"


def test_the_draw_changes_with_the_night_and_repeats_within_it(answer) -> None:
    known = [answer(["sofa"], ["sofa"], uri=f"s3://b/{number}.jpg") for number in range(30)]
    drawn = {night: [review.image.uri for review in gold(known, 5, night)] for night in ("2026-11-22", "2026-11-23")}
    assert len(set(drawn["2026-11-22"])) == 5
    assert drawn["2026-11-22"] == [review.image.uri for review in gold(known[::-1], 5)]
    assert drawn["2026-11-22"] != drawn["2026-11-23"]
