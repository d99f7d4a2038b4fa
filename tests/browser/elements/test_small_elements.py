"""Badge, buttons, icons, modal, toast; and of the plain controls every attribute that has no test elsewhere."""

import pytest


def form(inner):
    return f"<crowd-form>{inner}</crowd-form>"


def test_badge_floats_at_the_corner_of_its_target(open_task):
    task = open_task(
        form('<div style="height: 40px"></div><button type="button" id="b" style="width: 200px">Inbox</button>'
             '<crowd-badge for="b" label="12345"/>')
    )  # fmt: skip
    badge = task.frame.locator("crowd-badge .badge")
    badge.wait_for()
    box, home = badge.bounding_box(), task.frame.get_by_role("button", name="Inbox").bounding_box()

    assert badge.inner_text() == "123"
    assert abs(box["x"] + box["width"] / 2 - (home["x"] + home["width"])) < 2
    assert abs(box["y"] + box["height"] / 2 - home["y"]) < 2
    task.runs("() => document.querySelector('crowd-badge').setAttribute('icon', 'star')")
    assert badge.locator("svg.icon").count() == 1
    assert badge.inner_text() == ""


@pytest.mark.parametrize("tag", ["crowd-fab", "crowd-icon-button"])
def test_round_buttons_tell_the_page_and_only_when_enabled(open_task, tag):
    task = open_task(form(f'<{tag} id="b" icon="search" title="Look it up"></{tag}>'))
    task.runs("() => { window.pressed = 0; b.onclick = () => { pressed += 1; }; }")
    button = task.frame.get_by_role("button", name="Look it up")
    assert button.locator("svg").count() == 1
    button.click()
    task.runs("() => { b.disabled = true; }")
    button.click(force=True)

    assert task.runs("() => pressed") == 1
    assert button.get_attribute("aria-disabled") == "true"


def test_a_fab_may_submit_the_form(open_task):
    task = open_task(form('<input name="a" value="1"><crowd-fab id="b" label="Go" title="Send"></crowd-fab>'))
    task.runs("() => { b.onclick = () => document.querySelector('crowd-form').submit(); }")
    button = task.frame.get_by_role("button", name="Send")
    assert button.inner_text() == "G"
    button.click()

    assert task.wait_for("crowd:submit")["answer"] == {"a": "1"}


@pytest.mark.parametrize("tag", ["iron-icon", "crowd-icon"])
@pytest.mark.parametrize("name", ["star", "icons:search", "no-such-thing", ""])
def test_an_icon_is_never_nothing(open_task, tag, name):
    task = open_task(form(f'<{tag} icon="{name}"></{tag}>'))
    box = task.frame.locator(f"{tag} svg path").bounding_box()

    assert box["width"] > 3
    assert box["height"] > 3


def test_every_icon_is_drawn_within_its_grid(modules):
    outside = modules("""
      const source = await (await fetch('/elements/display/icons.js')).text();
      const { icon } = await load('display/icons.js');
      const names = [...source.matchAll(/^  '?([a-z-]+)'?: 'M/gmu)].map((found) => found[1]);
      const wrong = names.length > 40 ? [] : [names.length];
      const host = document.documentElement;
      for (const name of names) {
        const svg = icon(name);
        host.append(svg);
        const { x, y, width, height } = svg.firstChild.getBBox();
        if (x < 0 || y < 0 || x + width > 24 || y + height > 24 || Math.max(width, height) < 6) wrong.push(name);
        svg.remove();
      }
      return wrong;
    """)

    assert outside == []


def test_modal_opens_closes_and_its_controls_submit(open_task):
    task = open_task(
        form('<crowd-modal link-text="More" link-type="button">'
             '<crowd-input name="why" label="Why" required></crowd-input></crowd-modal>')
    )  # fmt: skip
    assert not task.frame.get_by_label("Why").is_visible()
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.get_by_label("Why").wait_for()
    task.frame.get_by_label("Why").fill("because")
    task.page.keyboard.press("Escape")
    assert not task.frame.get_by_label("Why").is_visible()
    task.frame.get_by_role("button", name="More").click()
    task.frame.get_by_role("button", name="Close").click()

    assert task.submits() == {"why": "because"}


def test_modal_without_words_has_the_default_ones(open_task):
    task = open_task(form("<crowd-modal>Inside</crowd-modal>"))
    task.frame.get_by_role("button", name="Click to open modal").click()

    assert task.frame.get_by_text("Inside").is_visible()


def test_only_one_toast_at_a_time_and_each_goes_by_itself(open_task):
    task = open_task(
        form('<crowd-toast id="a" text="first" duration="0" opened></crowd-toast>'
             '<crowd-toast id="b" duration="400">second</crowd-toast>')
    )  # fmt: skip
    assert task.frame.get_by_text("first").is_visible()
    task.runs("() => { b.opened = true; }")
    assert task.frame.get_by_text("second").is_visible()
    assert not task.frame.get_by_text("first").is_visible()
    task.frame.get_by_text("second").wait_for(state="hidden")
    assert task.runs("() => [a.opened, b.opened]") == [False, False]


def test_card_shows_its_image(open_task):
    task = open_task(form('<crowd-card heading="Sea" image="/scene.svg">By the sea</crowd-card>'))
    task.runs("async () => { await document.querySelector('crowd-card').shadowRoot.querySelector('img').decode(); }")

    assert task.frame.locator("crowd-card img").bounding_box()["height"] > 10
    assert task.frame.get_by_role("heading", name="Sea").is_visible()


def test_slider_captions_stand_over_their_place(open_task):
    task = open_task(
        form('<crowd-slider name="s" label="Grade" min="1" max="5">'
             '<crowd-slider-label position="1">bad</crowd-slider-label>'
             '<crowd-slider-label position="3">so</crowd-slider-label></crowd-slider>')
    )  # fmt: skip
    bad, so = (task.frame.locator("crowd-slider .ticks span").nth(at).bounding_box() for at in (0, 1))
    track = task.frame.get_by_role("slider", name="Grade").bounding_box()
    assert abs(so["x"] + so["width"] / 2 - (track["x"] + track["width"] / 2)) < 3
    assert bad["x"] < track["x"] + 12


def test_slider_shows_a_second_progress_and_asks_to_be_touched(open_task):
    task = open_task(form('<crowd-slider name="s" label="Grade" secondary-progress="25" required></crowd-slider>'))
    second = task.frame.locator("crowd-slider .second").bounding_box()
    track = task.frame.locator("crowd-slider .track").bounding_box()
    assert abs(second["width"] / track["width"] - 0.25) < 0.02
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message:not(:empty)").wait_for()
    task.frame.get_by_role("slider", name="Grade").press("ArrowRight")

    assert task.submits() == {"s": 1}


@pytest.mark.parametrize(
    ("attributes", "typed", "expected"),
    [
        ('type="date"', "2026-11-23", "2026-11-23"),
        ('type="number"', "12", "12"),
        ('type="email"', "a@b.example", "a@b.example"),
        ('allowed-pattern="[a-c]"', "abcd", "abc"),
        ('allowed-pattern="("', "a(b", "a(b"),
        ('max-length="2"', "abc", "ab"),
    ],
)
def test_types_and_limits_of_an_input(open_task, attributes, typed, expected):
    task = open_task(form(f'<crowd-input name="i" label="Field" {attributes}></crowd-input>'))
    field = task.frame.get_by_label("Field")
    if "date" in attributes:
        field.fill(typed)
    else:
        field.press_sequentially(typed)

    assert task.submits() == {"i": expected}


def test_of_a_file_the_name_is_answered(open_task):
    task = open_task(form('<crowd-input name="i" label="File" type="file"></crowd-input>'))
    task.frame.get_by_label("File").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"})

    assert task.submits() == {"i": "a.txt"}


@pytest.mark.parametrize(
    ("attributes", "typed"),
    [('type="email"', "nonsense"), ('min-length="3"', "ab")],
)
def test_what_an_input_refuses(open_task, attributes, typed):
    task = open_task(form(f'<crowd-input name="i" label="Field" {attributes}></crowd-input>'))
    task.frame.get_by_label("Field").fill(typed)
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.locator("#message:not(:empty)").wait_for()

    assert task.messages("crowd:submit") == []


def test_input_takes_the_focus_and_shows_its_hint(open_task):
    task = open_task(form('<crowd-input name="i" label="Field" auto-focus placeholder="here"></crowd-input>'))
    task.tells({"type": "shell:begin", "seconds": 0})
    task.page.frames[1].wait_for_function("() => document.activeElement.localName === 'crowd-input'")
    assert task.frame.get_by_label("Field").get_attribute("placeholder") == "here"


def test_text_area_grows_to_its_rows_and_then_scrolls(open_task):
    task = open_task(form('<crowd-text-area name="t" label="Note" rows="2" max-rows = "4"></crowd-text-area>'))
    field = task.frame.get_by_label("Note")
    small = field.bounding_box()["height"]
    field.fill("\n".join("abcdefghij"))
    grown = field.bounding_box()["height"]

    assert small < grown < small * 2.5
    assert field.evaluate("(field) => field.scrollHeight > field.clientHeight")


@pytest.mark.parametrize("variant", ["primary", "normal", "link", "icon"])
def test_button_variants_icons_and_loading(open_task, variant):
    task = open_task(
        form(f'<crowd-button id="b" variant="{variant}" icon="star" icon-align="right">Rate</crowd-button>')
    )
    button = task.frame.get_by_role("button", name="Rate")
    assert button.locator("svg.icon").is_visible()
    text_left = task.runs("() => b.getBoundingClientRect().left")
    assert button.locator("svg.icon").bounding_box()["x"] > text_left + 10
    task.runs(
        "() => { window.pressed = 0; b.onclick = () => { pressed += 1; }; b.loading = true; b.disabled = false; }"
    )
    button.click(force=True)
    assert button.get_attribute("aria-busy") == "true"
    assert task.runs("() => pressed") == 0


def test_button_with_an_address_opens_it(open_task):
    task = open_task(form('<crowd-button href="/scene.svg" target="_blank">See</crowd-button><iron-icon></iron-icon>'))
    task.runs("() => { window.open = (...given) => { window.opened_ = given; }; }")
    task.frame.get_by_role("link", name="See").click()
    task.page.wait_for_timeout(50)

    assert task.runs("() => opened_") == ["/scene.svg", "_blank", "noopener"]
    assert task.messages("crowd:submit") == []


def test_an_icon_may_stand_in_a_button(open_task):
    task = open_task(form('<crowd-button><iron-icon icon="search"></iron-icon> Find</crowd-button>'))

    assert task.frame.get_by_role("button", name="Find").is_visible()
    assert task.frame.locator("iron-icon svg").is_visible()


def test_toggle_is_alarming_while_it_must_be_on(open_task):
    task = open_task(form('<crowd-toggle-button name="t" invalid>On</crowd-toggle-button>'))
    colour = "(input) => getComputedStyle(input).backgroundColor"
    switch = task.frame.get_by_role("switch", name="On")
    alarming = switch.evaluate(colour)
    switch.check()

    assert switch.evaluate(colour) != alarming
    assert task.submits() == {"t": {"on": True}}


def test_tabs_hold_controls_that_are_named_in_complaints(open_task):
    task = open_task(
        form('<crowd-tabs><crowd-tab header="A">a</crowd-tab>'
             '<crowd-tab header="B"><crowd-modal link-text="M"><crowd-input name="x" label="X" required></crowd-input>'
             "</crowd-modal></crowd-tab></crowd-tabs>")
    )  # fmt: skip
    task.frame.get_by_role("button", name="Submit").click()
    task.frame.get_by_label("X").fill("1")
    task.page.keyboard.press("Escape")

    assert task.submits() == {"x": "1"}


@pytest.mark.parametrize("kind", ["info", "success", "warning", "error"])
def test_alerts_are_heard_by_screen_readers(open_task, kind):
    task = open_task(form(f'<crowd-alert type="{kind}" dismissible="false">Note</crowd-alert>'))
    role = "alert" if kind in {"warning", "error"} else "status"

    assert task.frame.locator(f'crowd-alert[role="{role}"]').count() == 1
    assert not task.frame.get_by_role("button", name="Dismiss").is_visible()
