"""The four classifiers."""

import pytest


def classifier(tag, attributes="", inner=""):
    return f"""<crowd-form>
      <{tag} name="category" header="What is it?" categories="['cat', 'dog', 'it\\'s odd']" {attributes}>{inner}</{tag}>
    </crowd-form>"""


def test_classifier_answers_one_label(open_task):
    task = open_task(classifier("crowd-classifier", inner="<classification-target><b>Meow</b></classification-target>"))
    assert task.frame.get_by_text("Meow").is_visible()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.get_by_text("What is it?: please choose a category").wait_for()

    task.frame.get_by_role("radio", name="dog").check()
    task.frame.get_by_role("radio", name="cat").check()
    assert task.submits() == {"category": {"label": "cat"}}


def test_digits_choose(open_task):
    task = open_task(classifier("crowd-classifier"))
    task.frame.get_by_text("What is it?").click()
    task.page.keyboard.press("3")

    assert task.submits() == {"category": {"label": "it's odd"}}


def test_change_tells_the_category_and_categories_can_be_set(open_task):
    task = open_task(classifier("crowd-classifier", 'id="c"'))
    task.runs(
        """() => {
          window.seen = [];
          c.addEventListener('change', (event) => seen.push(event.target.value));
          c.categories = ['x', 'y'];
        }"""
    )
    task.frame.get_by_role("radio", name="y").check()

    assert task.runs("() => [seen, c.categories, c.getAttribute('categories').startsWith('[')]") == [
        ["y"],
        ["x", "y"],
        True,
    ]
    assert task.submits() == {"category": {"label": "y"}}


def test_multi_select_answers_all_chosen_or_the_exclusion(open_task):
    task = open_task(classifier("crowd-classifier-multi-select", "exclusion-category=\"{ text: 'None' }\""))
    task.frame.get_by_role("checkbox", name="dog").check()
    task.frame.get_by_role("checkbox", name="cat").check()
    assert task.submits() == {"category": {"labels": ["cat", "dog"]}}

    task.tells({"type": "shell:error"})
    task.frame.get_by_role("checkbox", name="None").check()
    assert task.frame.get_by_role("checkbox", name="cat").is_disabled()
    assert task.submits() == {"category": {"labels": []}}


def test_image_classifier_answers_the_label_and_the_comment(open_task):
    task = open_task(
        classifier(
            "crowd-image-classifier",
            'src="/scene.svg"',
            '<worker-comment link-text="Odd?" placeholder="Why">Say why</worker-comment>',
        )
    )
    task.frame.get_by_role("radio", name="dog").check()
    task.frame.get_by_role("button", name="Odd?").click()
    task.frame.get_by_role("textbox").fill(" It barks ")
    task.frame.get_by_role("button", name="Done").click()

    assert task.submits() == {"category": {"label": "dog", "workerComment": "It barks"}}


def test_image_multi_select(open_task):
    task = open_task(classifier("crowd-image-classifier-multi-select", 'src="/scene.svg"'))
    task.frame.get_by_role("checkbox", name="dog").check()

    assert task.submits() == {"category": {"labels": ["dog"]}}


@pytest.mark.parametrize("source", ["/gone.png", ""])
def test_image_that_does_not_come_holds_the_form_back(open_task, source):
    task = open_task(classifier("crowd-image-classifier", f'src="{source}"'))
    task.frame.get_by_text("The image cannot be shown").first.wait_for()
    task.frame.get_by_role("radio", name="dog").check()
    task.frame.get_by_role("button", name="Submit").click()

    task.frame.locator("#message").get_by_text("the image cannot be shown").wait_for()
    assert task.messages("crowd:submit") == []


def test_broken_categories_are_shown(open_task):
    task = open_task('<crowd-form><crowd-classifier name="x" categories="[1"></crowd-classifier></crowd-form>')

    assert "categories" in task.frame.locator(".problem").inner_text()
