"""Which labels are certain enough to hold an answer against."""

import pytest

from services.review.render.markup.labels import labels_of


def tool(labels, *, name="a", tag="crowd-bounding-box"):
    return f'<crowd-form><{tag} name="{name}" src="x" labels="{labels}"></{tag}></crowd-form>'


@pytest.mark.parametrize(
    "labels",
    ["['cat','dog']", "[&quot;cat&quot;, &quot;dog&quot;]", " [ 'cat' , 'dog', ] ", "[&#34;cat&#34;,'dog']"],
)
def test_plain_lists_are_known(labels):
    assert labels_of(tool(labels)) == {"a": frozenset({"cat", "dog"})}


@pytest.mark.parametrize("tag", ["crowd-polygon", "crowd-polyline", "crowd-line", "crowd-keypoint"])
def test_all_drawing_tools_have_labels(tag):
    assert labels_of(tool("['cat']", tag=tag)) == {"a": frozenset({"cat"})}


@pytest.mark.parametrize(
    "labels",
    [
        "",
        "[]",
        "cat",
        "['cat",
        "[1, 2]",
        "[{'label': 'cat'}]",
        r"['c\u0061t']",
        "[cat]",
        "[" * 5000,
        "f()",
        "['a'] * 3",
    ],
)
def test_whatever_else_is_not_checked(labels):
    assert labels_of(tool(labels)) == {}


@pytest.mark.parametrize(
    "script",
    [
        "<script>document.querySelector('crowd-bounding-box').labels = ['new'];</script>",
        "<script>box.setAttribute('labels', '[]')</script>",
        "<button onclick=\"box.labels.push('new')\">Add</button>",
    ],
)
def test_a_page_whose_scripts_speak_of_labels_is_not_checked(script):
    assert labels_of(tool("['placeholder']") + script) == {}
    assert labels_of(script + tool("['placeholder']")) == {}


def test_other_scripts_do_not_matter():
    page = tool("['cat']") + "<script>document.title = 'x'</script><p>labels</p>"
    assert labels_of(page) == {"a": frozenset({"cat"})}


def test_tools_of_one_name_share_their_labels():
    assert labels_of(tool("['cat']") + tool("['dog']")) == {"a": frozenset({"cat", "dog"})}
    assert labels_of(tool("['cat']") + tool("[]")) == {}
    assert labels_of(tool("['cat']") + tool("[]", name="b")) == {"a": frozenset({"cat"})}


def test_an_attribute_given_twice_counts_as_given_first():
    page = "<crowd-bounding-box name=a labels=\"['cat']\" labels=\"['dog']\"></crowd-bounding-box>"
    assert labels_of(page) == {"a": frozenset({"cat"})}
