from typing import Any

import pytest

from nightloop.domain.detection.answers import Answer, Unusable, parse_output
from nightloop.domain.detection.manifest.lines import manifest_line
from nightloop.domain.errors import AnswerError, NoAnswerError, RowError
from nightloop.domain.identity.pseudonyms import pseudonym


def edges(boxes) -> list[tuple[float, ...]]:
    return [(box.left, box.top, box.width, box.height) for box in boxes]


def read(make, *humans: dict[str, Any], **changes: Any) -> Answer:
    return parse_output(make.output(*humans, **changes), make.review(), make.classes)


def test_one_reviewer(make) -> None:
    answer = read(make, make.human(make.drawn("sofa"), make.drawn("chair", 562, 274, 120, 226)))
    assert [(box.label, box.class_id, box.score) for box in answer.boxes] == [("sofa", 17, 1.0), ("chair", 8, 1.0)]
    assert edges(answer.boxes) == [(121, 214, 378, 282), (562, 274, 120, 226)]
    assert (answer.agreement, answer.seconds, answer.left_out) == (1.0, 40.5, ())
    assert (answer.image, answer.review_name, answer.model) == (make.image(), "voc-0123456789abcdef", "model-1")
    (reviewer,) = answer.reviewers
    assert (reviewer.reviewer, reviewer.modified, reviewer.submitted) == (
        pseudonym("a12b3"),
        True,
        "2026-11-23T07:59:58.321Z",
    )


def test_no_object_is_an_answer(make) -> None:
    answer = read(make, make.human())
    assert answer.boxes == ()
    assert answer.reviewers[0].boxes == ()
    assert answer.left_out == ()


def test_optional_parts_may_be_missing(make) -> None:
    human = {
        "answerContent": {"annotatedResult": {"boundingBoxes": [make.drawn()]}},
        "submissionTime": "2020-06-01T10:00:00Z",
    }
    answer = parse_output({"humanAnswers": [human]}, make.review(), make.classes)
    assert len(answer.boxes) == 1
    assert answer.seconds == 0.0
    assert (answer.reviewers[0].reviewer, answer.reviewers[0].seconds, answer.reviewers[0].modified) == (
        None,
        None,
        None,
    )


def test_several_reviewers_are_merged_and_the_last_dates_the_answer(make) -> None:
    answer = read(
        make,
        make.human(make.drawn("sofa", 100, 100, 100, 100), submitted="2026-11-23T09:00:00.5Z"),
        make.human(make.drawn("sofa", 110, 100, 100, 100), submitted="2026-11-23T10:30:00+02:00"),
        make.human(submitted="2026-11-23T08:59:59Z"),
    )
    assert edges(answer.boxes) == [(105, 100, 100, 100)]
    assert answer.submitted == "2026-11-23T09:00:00.5Z"
    assert answer.seconds == pytest.approx(121.5)
    assert answer.agreement == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ({"left": -20, "top": -10, "width": 100, "height": 50}, (0, 0, 80, 40)),
        ({"left": 700, "top": 500, "width": 300, "height": 100}, (700, 500, 100, 33)),
        ({"left": 1.5, "top": 2.25, "width": 10.5, "height": 3}, (1.5, 2.25, 10.5, 3)),
    ],
)
def test_a_box_is_cut_to_the_image(make, drawn, expected) -> None:
    answer = read(make, make.human(make.drawn("cat", 1, 1, 9, 9), make.drawn() | drawn))
    assert edges(answer.boxes)[1:] == [expected]
    assert answer.left_out == ()


UNUSABLE = [
    ({"width": 0}, "shape", "sofa at 121, 214 has no area inside the image"),
    ({"height": -5}, "shape", "has no area"),
    ({"left": 800}, "shape", "has no area"),
    ({"left": -400}, "shape", "has no area"),
    ({"left": "12"}, "shape", "'left' must be a number, not '12'"),
    ({"left": float("nan")}, "shape", "'left' must be a number, not nan"),
    ({"top": float("inf")}, "shape", "'top' must be a number, not inf"),
    ({"left": 10**400}, "shape", "'left' must be a number"),
    ({"width": None}, "shape", "'width' must be a number"),
    ({"label": "unicorn"}, "label", "label 'unicorn' is not one of the loop's classes"),
    ({"label": None}, "label", "'label' must be text, not None"),
    ({"label": "sofa "}, "label", "label 'sofa ' is not one"),
    ({"label": "Sofa"}, "label", "label 'Sofa' is not one"),
    ({"label": "so\u00adfa"}, "label", "is not one"),
    ({"label": ""}, "label", "label '' is not one"),
    ({"label": 17}, "label", "'label' must be text, not 17"),
]


@pytest.mark.parametrize(("drawn", "code", "reason"), UNUSABLE)
def test_a_box_that_cannot_be_used_makes_the_whole_answer_unusable(make, drawn, code, reason) -> None:
    for boxes in ([make.drawn() | drawn], [make.drawn("cat", 1, 1, 9, 9), make.drawn() | drawn]):
        with pytest.raises(AnswerError, match="no answer that can be used") as caught:
            read(make, make.human(*boxes))
        assert f"answer 1, box {len(boxes)}: " in caught.value.message
        assert reason in caught.value.message
        assert caught.value.code == code


@pytest.mark.parametrize(("drawn", "code", "reason"), UNUSABLE)
def test_the_other_reviewers_are_used(make, drawn, code, reason) -> None:
    answer = read(make, make.human(make.drawn() | drawn), make.human(make.drawn()))
    assert len(answer.reviewers) == len(answer.boxes) == 1
    assert answer.unusable is None
    assert reason in answer.left_out[0]
    assert code in {"label", "shape"}


@pytest.mark.parametrize(("drawn", "code", "reason"), UNUSABLE)
def test_no_box_of_the_others_is_no_negative_beside_it(make, drawn, code, reason) -> None:
    answer = read(make, make.human(make.drawn() | drawn), make.human(), make.human())
    assert (answer.boxes, len(answer.reviewers)) == ((), 2)
    assert answer.unusable is not None
    assert answer.unusable.code == code
    assert reason in answer.unusable.reason
    with pytest.raises(AnswerError, match="answer 1, box 1"):
        manifest_line(answer, make.classes, "bounding-box")


def test_a_label_in_another_unicode_form_is_another_label(make) -> None:
    human = make.human(make.drawn() | {"label": "cafe\u0301"})
    with pytest.raises(AnswerError, match="is not one of the loop's classes"):
        parse_output(make.output(human), make.review(), ["caf\u00e9"])


def test_a_box_that_lacks_a_part_is_rejected(make) -> None:
    with pytest.raises(AnswerError, match=r"box 1: has no 'height'.*box 2: must be a JSON object"):
        read(make, make.human({"label": "cat", "left": 1, "top": 1, "width": 5}, "box"))


def test_an_object_drawn_twice_is_one(make) -> None:
    answer = read(make, make.human(make.drawn("cat", 100, 100, 60, 60), make.drawn("cat", 102, 101, 60, 60)))
    assert edges(answer.boxes) == edges(answer.reviewers[0].boxes) == [(100, 100, 60, 60)]
    assert answer.left_out == ()


def test_reviewers_who_disagree_on_everything_say_nothing(make) -> None:
    answer = read(make, make.human(make.drawn("cat")), make.human(make.drawn("dog")))
    assert answer.boxes == ()
    assert answer.unusable == Unusable("disagreement", "the reviewers disagree: nothing remains of what was drawn")
    assert Answer.from_json(answer.to_json()) == answer
    with pytest.raises(AnswerError, match="nothing remains"):
        manifest_line(answer, make.classes, "bounding-box")
    assert read(make, make.human(), make.human()).unusable is None


def test_an_answer_that_was_refused_keeps_what_it_is_about(make) -> None:
    review = make.review(make.box("sofa", score=0.4), audit_drawn=True)
    answer = Answer.refused(review, Unusable("label", "answer 1, box 1: label 'Sofa' is not one"))
    assert (answer.image, answer.audit_drawn, answer.shown) == (review.image, True, review.boxes)
    assert (answer.reviewers, answer.boxes, answer.seconds, answer.submitted) == ((), (), 0.0, "")
    assert Answer.from_json(answer.to_json()) == answer
    with pytest.raises(AnswerError, match="label 'Sofa'"):
        manifest_line(answer, make.classes, "bounding-box")


UNREADABLE = [
    ({"answerContent": {"other": {}}}, "has no 'annotatedResult'; it has ['other']"),
    ({"answerContent": {"annotatedResult": {"boundingBoxes": "none"}}}, "'boundingBoxes' must be a list"),
    ({"answerContent": {"annotatedResult": {}}}, "has no 'boundingBoxes'"),
    ({"answerContent": []}, "'answerContent' must be an object"),
    ({"submissionTime": "yesterday"}, "'yesterday' is not a time"),
    ({"submissionTime": None}, "'submissionTime' must be text"),
    (
        {
            "answerContent": {
                "annotatedResult": {"boundingBoxes": [], "inputImageProperties": {"width": 533, "height": 800}}
            }
        },
        "was drawn on 533 x 800 pixels; the image has 800 x 533",
    ),
]


@pytest.mark.parametrize(("change", "reason"), UNREADABLE)
def test_an_unreadable_answer_does_not_spoil_the_others(make, change, reason) -> None:
    answer = read(make, make.human(**change), make.human(make.drawn()))
    assert len(answer.reviewers) == len(answer.boxes) == 1
    assert answer.left_out[0].startswith("answer 1: ")
    assert reason in answer.left_out[0]


@pytest.mark.parametrize(("change", "reason"), UNREADABLE)
def test_nothing_readable_is_an_error(make, change, reason) -> None:
    with pytest.raises(AnswerError, match="no answer that can be used") as caught:
        read(make, make.human(**change))
    assert reason in caught.value.message
    assert caught.value.image == make.uri


def test_no_reviewer_at_all_is_its_own_error(make) -> None:
    with pytest.raises(NoAnswerError, match="no reviewer") as caught:
        read(make)
    assert str(caught.value).startswith(f"output of voc-0123456789abcdef, image {make.uri}: ")


@pytest.mark.parametrize("output", [{}, {"humanAnswers": None}, {"humanAnswers": {}}, [], None])
def test_what_is_no_output_is_refused(make, output) -> None:
    with pytest.raises(AnswerError, match="no 'humanAnswers' list"):
        parse_output(output, make.review(), make.classes)


@pytest.mark.parametrize(
    "change", [{"humanLoopName": "voc-other"}, {"inputContent": {"taskObject": "s3://b/other.jpg"}}]
)
def test_another_loops_output_is_refused(make, change) -> None:
    with pytest.raises(AnswerError, match="belongs to human loop"):
        read(make, make.human(make.drawn()), **change)


def test_the_templates_element_may_have_another_name(make) -> None:
    human = make.human(answerContent={"boxes": {"boundingBoxes": [make.drawn()]}})
    answer = parse_output(make.output(human), make.review(), make.classes, attribute="boxes")
    assert len(answer.boxes) == 1


def test_an_answer_survives_json(make) -> None:
    answer = read(make, make.human(make.drawn("nothing")), make.human(make.drawn()))
    assert Answer.from_json(answer.to_json()) == answer
    assert answer.left_out
    with pytest.raises(RowError, match="has no 'agreement'"):
        Answer.from_json({key: value for key, value in answer.to_json().items() if key != "agreement"})


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ({"timeSpentInSeconds": 0.063}, False),
        ({"timeSpentInSeconds": 0}, False),
        ({"timeSpentInSeconds": 0.999}, False),
        ({"timeSpentInSeconds": 1}, True),
        ({"timeSpentInSeconds": None}, True),
        ({"timeSpentInSeconds": 40, "tooFast": True}, False),
        ({"timeSpentInSeconds": None, "tooFast": True}, False),
        ({"timeSpentInSeconds": 0.063, "tooFast": False}, True),
        ({"timeSpentInSeconds": 0.063, "tooFast": None}, False),
        ({"timeSpentInSeconds": 40, "tooFast": "yes"}, False),
    ],
)
def test_nothing_is_learned_from_an_answer_given_too_fast(make, told, counts) -> None:
    fast = make.human(make.drawn("sofa"), workerId="fast", **told)
    answer = read(make, make.human(make.drawn("sofa"), workerId="slow"), fast)
    assert [reviewer.reviewer for reviewer in answer.reviewers] == [pseudonym("slow"), *[pseudonym("fast")] * counts]
    assert len(answer.left_out) == (not counts)
    if not counts:
        with pytest.raises(AnswerError):
            read(make, fast)


def test_how_fast_is_too_fast_is_the_loops(make) -> None:
    output = make.output(make.human(timeSpentInSeconds=2.5))
    assert parse_output(output, make.review(), make.classes, min_seconds=2.5).boxes == ()
    assert parse_output(make.output(make.human(timeSpentInSeconds=0)), make.review(), make.classes, min_seconds=0)
    with pytest.raises(AnswerError, match=r"given too fast, in 2\.5 s"):
        parse_output(output, make.review(), make.classes, min_seconds=3)
