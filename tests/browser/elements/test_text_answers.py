"""Ranking responses, and writing questions about a text."""

import html
import json

import pytest


def attribute(value):
    return html.escape(value if isinstance(value, str) else json.dumps(value))


RANKING = f"""<crowd-form><crowd-text-ranking name="r" text="What is rain?"
  responses="{attribute(["Water.", "Wet", "No idea"])}" ordinal-ranking-dimensions="{
    attribute([{"name": "Clarity", "allowTie": True}, {"name": "Truth", "allowTie": False}])
}"></crowd-text-ranking></crowd-form>"""
CLARITY = {"name": "Clarity", "allowTie": True, "responseRankings": [1, 1, 3]}
TRUTH = {"name": "Truth", "allowTie": False, "responseRankings": [1, 2, 3]}


def rank(task, dimension, ranks):
    for number, given in enumerate(ranks, 1):
        row = task.frame.get_by_role("radiogroup", name=f"{dimension}: rank of response {number}")
        row.get_by_role("radio", name=str(given)).check()


def refused(task):
    task.frame.get_by_role("button", name="Submit").click()
    message = task.frame.locator("#message:not(:empty)")
    message.wait_for()
    assert task.messages("crowd:submit") == []
    return message.inner_text()


def test_every_response_gets_a_rank_in_every_respect(open_task):
    task = open_task(RANKING)
    rank(task, "Clarity", [1, 1, 3])
    assert "“Truth”: please rank every response" in refused(task)
    rank(task, "Truth", [1, 1, 3])
    assert "“Truth”: please give each rank only once" in refused(task)
    rank(task, "Truth", [1, 2, 3])

    assert task.submits() == {"r": {"ordinalRankingDimensions": [CLARITY, TRUTH]}}


def test_a_ranking_is_restored(open_task):
    task = open_task(RANKING)
    task.tells({"type": "shell:restore", "answer": {"r": {"ordinalRankingDimensions": [TRUTH, CLARITY]}}})
    task.wait_for("crowd:restored")

    assert task.submits() == {"r": {"ordinalRankingDimensions": [CLARITY, TRUTH]}}


def test_a_ranking_of_the_early_form(open_task):
    task = open_task("""<crowd-form><crowd-text-ranking crowd-form-element-id="old" instructions="Rank them"
      responses='["a", "b"]' ordinal-ranking-dimensions='[{"name": "Fit", "allowTie": false}]'></crowd-text-ranking>
      </crowd-form>""")
    rank(task, "Fit", [2, 1])

    assert task.frame.get_by_text("Rank them").is_visible()
    assert task.submits()["old"]["ordinalRankingDimensions"][0]["responseRankings"] == [2, 1]


@pytest.mark.parametrize("attributes", ["responses='[1'", "ordinal-ranking-dimensions='{}'"])
def test_a_ranking_that_cannot_be_read_says_so(open_task, attributes):
    task = open_task(f"<crowd-form><crowd-text-ranking name='r' {attributes}></crowd-text-ranking></crowd-form>")

    assert "cannot be read" in task.frame.locator(".problem").inner_text()
    refused(task)


def questions(attributes="", text="The 🐄 says moo."):
    return f"""<crowd-form><crowd-question-answer-generation name="q" text="{attribute(text)}"
      question-tags='["easy", "hard"]' allow-custom-question-tags="true" {attributes}>
      </crowd-question-answer-generation></crowd-form>"""


SELECT = """([start, end]) => {
  const letters = document.querySelector('[slot="question-text"]').firstChild;
  document.getSelection().setBaseAndExtent(letters, start, letters, end);
}"""


def test_questions_with_answers_tags_and_quotes(open_task):
    task = open_task(questions('max-questions="2" answer-min-words="2"'))
    task.frame.get_by_role("textbox", name="Question").fill("Who says it?")
    task.frame.get_by_role("textbox", name="Answer").fill("cow")
    assert "Answer 1: at least 2 words, please" in refused(task)
    task.frame.get_by_role("textbox", name="Answer").fill("The cow")
    task.frame.get_by_role("checkbox", name="easy").check()
    task.frame.get_by_label("Add a tag of your own").fill("animals")
    task.page.keyboard.press("Enter")
    task.runs(SELECT, [4, 6])  # the cow is two units of UTF-16
    task.frame.get_by_role("button", name="Quote the selected text").click()
    task.frame.get_by_role("button", name="Add a question").click()
    assert not task.frame.get_by_role("button", name="Add a question").is_visible()
    task.frame.get_by_role("button", name="Remove question 2").click()

    assert task.submits() == {
        "q": {
            "questionAndAnswers": [
                {
                    "question": "Who says it?",
                    "answer": "The cow",
                    "tags": ["easy", "animals"],
                    "textReferences": [{"startOffset": 4, "endOffset": 5}],
                }
            ]
        }
    }


def test_as_many_questions_as_are_asked_for(open_task):
    task = open_task(questions('min-questions="2" question-max-words="2"'))
    assert task.frame.locator("fieldset.pair").count() == 2
    assert task.frame.get_by_role("button", name="Remove question").count() == 0
    for at in (0, 1):
        task.frame.get_by_role("textbox", name="Question").nth(at).fill("What now then")
        task.frame.get_by_role("textbox", name="Answer").nth(at).fill("Nothing")
    assert "Question 1: at most 2 words, please" in refused(task)


def test_questions_are_restored(open_task):
    pair = {"question": "A?", "answer": "B", "tags": ["mine"], "textReferences": [{"startOffset": 0, "endOffset": 3}]}
    task = open_task(questions())
    task.tells({"type": "shell:restore", "answer": {"q": {"questionAndAnswers": [pair, pair]}}})
    task.wait_for("crowd:restored")

    assert task.frame.locator(".quotes li").first.inner_text().startswith("The")
    assert task.submits() == {"q": {"questionAndAnswers": [pair, pair]}}
