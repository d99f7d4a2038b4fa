"""The box tool's pure modules, called as functions: geometry, handles, viewport, history."""

import pytest

BOX = {"left": 100, "top": 80, "width": 60, "height": 40}  # right 160, bottom 120
SIZE = {"width": 400, "height": 300}


@pytest.fixture
def call(modules):
    """Call a function of a module with JSON arguments."""

    def call(path, function, *arguments):
        script = "const [path, name, given] = argument; return (await load(path))[name](...given);"
        return modules(script, [path, function, list(arguments)])

    return call


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("between", [{"x": 9, "y": 2}, {"x": 4, "y": 8}], {"left": 4, "top": 2, "width": 5, "height": 6}),
        # each edge goes to the nearest pixel by itself, so a width is never rounded on its own
        (
            "snap",
            [{"left": 0.4, "top": 0.6, "width": 10.2, "height": 10.2}],
            {"left": 0, "top": 1, "width": 11, "height": 10},
        ),
        (
            "clip",
            [{"left": -5, "top": 290, "width": 30, "height": 30}, SIZE],
            {"left": 0, "top": 290, "width": 25, "height": 10},
        ),
        (
            "clip",
            [{"left": 500, "top": 0, "width": 9, "height": 9}, SIZE],
            {"left": 400, "top": 0, "width": 0, "height": 9},
        ),
        (
            "settle",
            [{"left": 399.6, "top": 0, "width": 9, "height": 9}, SIZE],
            {"left": 400, "top": 0, "width": 0, "height": 9},
        ),
        ("move", [BOX, {"x": 1000, "y": -1000}, SIZE], BOX | {"left": 340, "top": 0}),
        ("move", [BOX, {"x": 0.6, "y": 0.2}, SIZE], BOX | {"left": 101}),
        (
            "middle",
            [{"left": 0, "top": 0, "width": 100, "height": 50}, 0.2],
            {"left": 40, "top": 20, "width": 20, "height": 10},
        ),
        (
            "middle",
            [{"left": 3, "top": 3, "width": 1, "height": 1}, 0.2],
            {"left": 3, "top": 3, "width": 1, "height": 1},
        ),
        ("isEmpty", [BOX | {"width": 0}], True),
        ("isEmpty", [BOX], False),
        ("onBorder", [BOX, {"x": 103, "y": 100}, 4], True),
        ("onBorder", [BOX, {"x": 130, "y": 100}, 4], False),
        ("onBorder", [BOX, {"x": 94, "y": 100}, 4], False),
    ],
)
def test_boxes(call, function, arguments, expected):
    assert call("boxes/box.js", function, *arguments) == expected


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        ("nw", (105, 87, 160, 120)),
        ("n", (100, 87, 160, 120)),
        ("ne", (100, 87, 165, 120)),
        ("e", (100, 80, 165, 120)),
        ("se", (100, 80, 165, 127)),
        ("s", (100, 80, 160, 127)),
        ("sw", (105, 80, 160, 127)),
        ("w", (105, 80, 160, 120)),
    ],
)
def test_each_handle_moves_its_own_edges(call, handle, expected):
    box = call("boxes/handles.js", "resize", BOX, handle, {"x": 5, "y": 7}, SIZE)

    assert (box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"]) == expected


def test_a_handle_dragged_over_the_opposite_edge_turns_the_box_round(call):
    box = call("boxes/handles.js", "resize", BOX, "se", {"x": -90, "y": -70}, SIZE)

    assert box == {"left": 70, "top": 50, "width": 30, "height": 30}


def test_a_handle_stops_at_the_image(call):
    assert call("boxes/handles.js", "resize", BOX, "nw", {"x": -999, "y": -999}, SIZE) == {
        "left": 0,
        "top": 0,
        "width": 160,
        "height": 120,
    }


@pytest.mark.parametrize(
    ("point", "expected"),
    [((100, 80), "nw"), ((130, 82), "n"), ((158, 119), "se"), ((97, 100), "w"), ((130, 100), None), ((90, 100), None)],
)
def test_handle_under_a_point(call, point, expected):
    assert call("boxes/handles.js", "handleAt", BOX, {"x": point[0], "y": point[1]}, 6) == expected


def test_the_middle_of_a_small_box_is_no_handle(call):
    small = {"left": 10, "top": 10, "width": 8, "height": 8}

    assert call("boxes/handles.js", "handleAt", small, {"x": 14, "y": 14}, 20) is None
    assert call("boxes/handles.js", "handleAt", small, {"x": 0, "y": 0}, 20) == "nw"


def test_fit_shows_the_whole_image_centred(call):
    view = call("drawing/viewport.js", "fit", {"width": 824, "height": 424}, SIZE)

    assert view["scale"] == pytest.approx(4 / 3)
    assert view["x"] == pytest.approx((824 - 400 * 4 / 3) / 2)
    assert view["y"] == pytest.approx(12)


def test_zoom_keeps_the_point_under_the_mouse(call):
    stage, view, at = {"width": 800, "height": 600}, {"scale": 1.5, "x": 100, "y": 75}, {"x": 333, "y": 222}
    zoomed = call("drawing/viewport.js", "zoom", view, 2.5, at, stage, SIZE)

    assert zoomed["scale"] == pytest.approx(3.75)
    assert call("drawing/viewport.js", "toImage", zoomed, at) == pytest.approx(
        call("drawing/viewport.js", "toImage", view, at)
    )


def test_pan_never_loses_the_image(call):
    stage = {"width": 800, "height": 600}
    view = call("drawing/viewport.js", "pan", {"scale": 1, "x": 0, "y": 0}, {"x": 1e6, "y": -1e6}, stage, SIZE)

    assert 0 < view["x"] < 800
    assert -300 < view["y"] < 600


def test_reveal_moves_no_more_than_needed(call):
    stage, view = {"width": 200, "height": 150}, {"scale": 1, "x": 0, "y": 0}

    assert (
        call("drawing/viewport.js", "reveal", view, {"left": 10, "top": 10, "width": 20, "height": 20}, stage, SIZE)
        == view
    )
    moved = call(
        "drawing/viewport.js", "reveal", view, {"left": 250, "top": 10, "width": 20, "height": 20}, stage, SIZE
    )
    assert moved == {"scale": 1, "x": -82, "y": 0}


def test_undo_and_redo_go_through_all_steps(modules):
    states = modules("""
      const { History } = await load('drawing/history.js');
      const history = new History('a');
      const seen = [];
      history.undo();
      for (const state of ['b', 'c']) history.record(state);
      for (const step of ['undo', 'undo', 'undo', 'redo', 'redo', 'redo']) {
        history[step]();
        seen.push(history.present);
      }
      return seen;
    """)

    assert states == ["b", "a", "a", "b", "c", "c"]


def test_a_new_step_forgets_what_was_undone(modules):
    assert modules("""
      const { History } = await load('drawing/history.js');
      const history = new History('a');
      history.record('b');
      history.undo();
      history.record('c');
      return [history.present, history.canRedo];
    """) == ["c", False]


def test_quick_steps_of_one_kind_are_undone_together(modules):
    assert modules("""
      const { History } = await load('drawing/history.js');
      const history = new History(0);
      history.record(1, 'move', 1000);
      history.record(2, 'move', 1300);
      history.record(3, 'move', 1600);
      history.record(4, 'stretch', 1700);
      history.record(5, 'stretch', 9000);
      const seen = [];
      while (history.canUndo) { history.undo(); seen.push(history.present); }
      return seen;
    """) == [4, 3, 0]


def test_initial_boxes_are_clipped_and_strange_ones_refused(modules):
    read = modules("""
      const { readBoxes } = await load('boxes/answer.js');
      return readBoxes([
        { label: 'cat', left: 390.4, top: -3, width: 50, height: 20.4 },
        { label: 'yeti', left: 1, top: 1, width: 5, height: 5 },
        { label: 'dog', left: 1, top: 1, width: 0, height: 5 },
        { label: 'dog', left: 'left', top: 1, width: 5, height: 5 },
        { label: 'dog', left: '7', top: '8', width: '9', height: '10' },
      ], ['cat', 'dog'], { width: 400, height: 300 });
    """)

    assert read["shapes"] == [
        {"label": "cat", "shape": {"left": 390, "top": 0, "width": 10, "height": 17}},
        {"label": "dog", "shape": {"left": 7, "top": 8, "width": 9, "height": 10}},
    ]
    assert read["remarks"] == [
        "Boxes that have no size inside the image were not drawn: 2.",
        'Boxes whose label is not in the list ("yeti") were not drawn: 1.',
        "Boxes cut off at the border of the image: 1.",
    ]
