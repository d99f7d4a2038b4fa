"""Templates in the style of the public samples, each with an input, what a worker does, and the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.elements.tasks import Task


def nothing(task: Task) -> None:
    """A worker who only submits."""


@dataclass(frozen=True)
class Sample:
    """One template; `submit` says whether the worker presses Submit, or what he does submits by itself."""

    name: str
    template: str
    answer: dict[str, Any]
    fill: Callable[[Task], object] = nothing
    input: dict[str, Any] = field(default_factory=dict)
    submit: bool = True


def press(name: str) -> Callable[[Task], object]:
    return lambda task: task.frame.get_by_role("button", name=name, exact=True).click()


def choose(name: str) -> Callable[[Task], object]:
    return lambda task: task.frame.get_by_role("radio", name=name, exact=True).check()


def both(*steps: Callable[[Task], object]) -> Callable[[Task], object]:
    def do(task: Task) -> None:
        for step in steps:
            step(task)

    return do


def write(label: str, text: str) -> Callable[[Task], object]:
    return lambda task: task.frame.get_by_label(label, exact=True).fill(text)


def select_word(task: Task) -> None:
    task.frame.get_by_role("textbox", name="Text to mark").focus()
    task.presses("Control+Shift+ArrowRight", "1")


def box(task: Task) -> None:
    task.frame.locator("img.photo.shown").wait_for()
    task.frame.locator("crowd-bounding-box").evaluate("(tool) => tool.value")


SIZE = {"width": 400, "height": 300}
CUP = {"label": "cup", "left": 10, "top": 20, "width": 30, "height": 40}

SAMPLES = [
    Sample("blank", "<crowd-form></crowd-form>", {}),
    Sample(
        "text classification",
        """<crowd-form><crowd-classifier name="category" categories="['News', 'It\\'s sport']" header="Which?">
        <classification-target>{{ task.input.taskObject }}</classification-target>
        <full-instructions header="All"><p>Long</p></full-instructions><short-instructions>Short</short-instructions>
        </crowd-classifier></crowd-form>""",
        {"category": {"label": "It's sport"}},
        choose("It's sport"),
        {"taskObject": "A goal & a half"},
    ),
    Sample(
        "labels from the input",
        """<crowd-form><crowd-classifier name="c" categories="{{ task.input.labels | to_json | escape }}">
        </crowd-classifier></crowd-form>""",
        {"c": {"label": "<b>'\""}},
        choose("<b>'\""),
        {"labels": ["a", "<b>'\""]},
    ),
    Sample(
        "exclusion on the single classifier is harmless",
        """<crowd-form><crowd-classifier name="c" categories="['a','b']" exclusion-category="{text: 'None'}">
        </crowd-classifier></crowd-form>""",
        {"c": {"label": "a"}},
        choose("a"),
    ),
    Sample(
        "image classification",
        """<crowd-form><crowd-image-classifier src="{{ task.input.image | grant_read_access }}" name="c"
        categories="['good','bad',]"><worker-comment></worker-comment></crowd-image-classifier></crowd-form>""",
        {"c": {"label": "bad"}},
        choose("bad"),
    ),
    Sample(
        "multi select",
        """<crowd-form><crowd-classifier-multi-select name="c" header="All" categories="['a', 'b']"
        exclusion-category="{ text: 'None of the above' }"></crowd-classifier-multi-select></crowd-form>""",
        {"c": {"labels": ["a", "b"]}},
        lambda task: [task.frame.get_by_role("checkbox", name=name, exact=True).check() for name in "ab"],
    ),
    Sample(
        "hierarchical boxes: mutates the value, a sink, hidden JSON",
        """<crowd-form id="f"><crowd-bounding-box id="tool" name="_" labels="['cup']" header="x"
        src="{{ task.input.image | grant_read_access }}" initial-value="{{ task.input.boxes }}"></crowd-bounding-box>
        <select name="_"><option>1</option></select><input type="hidden" name="out" id="out">
        <input type="hidden" name="_" value="_"></crowd-form>
        <script>document.querySelector('crowd-form').onsubmit = () => {
          const boxes = (tool._submittableValue || tool.value).boundingBoxes;
          boxes.forEach((box, at) => { box.id = at; });
          out.value = JSON.stringify(boxes.map((box) => [box.id, box.label]));
        };</script>""",
        {"_": "_", "out": '[[0,"cup"]]'},
        box,
        {"boxes": [CUP]},
    ),
    Sample(
        "boxes with labels written by the worker",
        """<crowd-form><crowd-bounding-box id="annotator" name="r" labels="['placeholder']"
        src="{{ task.input.image | grant_read_access }}"><short-instructions>
        <crowd-input name="_customLabel" id="customLabel" label="New label"></crowd-input>
        <crowd-button id="addLabel">Add</crowd-button></short-instructions></crowd-bounding-box></crowd-form>
        <script>document.addEventListener('all-crowd-elements-ready', () => {
          annotator.labels = [];
          addLabel.onclick = () => {
            annotator.labels = annotator.labels.concat([customLabel.value]); customLabel.value = null;
          };
        });</script>""",
        {"r": {"boundingBoxes": [], "inputImageProperties": SIZE}},
        both(box, write("New label", "cup"), press("Add"), lambda task: task.settle()),
    ),
    Sample(
        "raw labels are read by a script, preventDefault once",
        """<crowd-form><crowd-bounding-box id="t" name="r" labels='["a","b"]' initial-value="{{ task.input.boxes }}"
        src="{{ task.input.image | grant_read_access }}"></crowd-bounding-box><div id="errorBox"></div></crowd-form>
        <script>let asked = 0; document.querySelector('crowd-form').onsubmit = (event) => {
          const count = t.getAttribute('labels').slice(2, -2).split('","').length;
          asked += 1;
          if (asked > 1) return;
          errorBox.innerHTML = '<crowd-alert type="error" dismissible>Not ' + count + ' yet</crowd-alert>';
          errorBox.scrollIntoView(); event.preventDefault();
        };</script>""",
        {"r": {"boundingBoxes": [CUP | {"label": "a"}], "inputImageProperties": SIZE, "initialValueModified": False}},
        both(box, press("Submit"), lambda task: task.frame.get_by_text("Not 2 yet").wait_for()),
        {"boxes": [CUP | {"label": "a"}]},
    ),
    Sample(
        "the canvas over the image",
        """<crowd-form>
        <crowd-bounding-box id="t" name="r" labels="['a']" src="{{ task.input.image | grant_read_access }}">
        </crowd-bounding-box><input type="hidden" name="wide" id="wide"></crowd-form>
        <script>document.querySelector('crowd-form').onsubmit = () => {
          const box = t.shadowRoot.querySelector('canvas.upper-canvas').getBoundingClientRect();
          wide.value = String(Math.round((box.width / box.height) * 100) / 100);
        };</script>""",
        {"r": {"boundingBoxes": [], "inputImageProperties": SIZE}, "wide": "1.33"},
        box,
    ),
    Sample(
        "named entities, without a form",
        """<crowd-entity-annotation name="e" header="Mark" text="{{ task.input.text }}" initial-value=""
        labels="{{ task.input.labels | to_json | escape }}"><short-instructions>Do</short-instructions>
        </crowd-entity-annotation>""",
        {"e": {"entities": [{"label": "w", "startOffset": 0, "endOffset": 3}], "initialValueModified": True}},
        select_word,
        {"text": "One & 'two'", "labels": [{"label": "w", "longDisplayName": "Word"}]},
    ),
    Sample(
        "named entities and a question in the element's own form",
        """<crowd-entity-annotation id="e" name="e" text="a b" labels="[{label: 'x'}]"></crowd-entity-annotation>
        <div id="additionalQuestions"><crowd-radio-group>
        <crowd-radio-button name="p" value="yes">Fine</crowd-radio-button>
        <crowd-radio-button name="q" value="no">Not fine</crowd-radio-button></crowd-radio-group></div>
        <script>document.addEventListener('all-crowd-elements-ready', () => {
          document.querySelector('crowd-entity-annotation').shadowRoot.querySelector('crowd-form').form
            .appendChild(additionalQuestions);
        });</script>""",
        {"e": {"entities": []}, "p": {"yes": True}, "q": {"no": False}},
        choose("Fine"),
    ),
    Sample(
        "two tiers: a card beside the categories, hidden checkboxes",
        """<crowd-form><crowd-classifier id="c" name="c" categories="['a', 'b']"></crowd-classifier>
        <crowd-checkbox name="second" value="x" id="x" style="display: none">x</crowd-checkbox></crowd-form>
        <script>customElements.whenDefined('crowd-classifier').then(() => {
          const card = document.createElement('crowd-card');
          card.innerHTML = '<p>Second tier</p>';
          const picker = c.shadowRoot.querySelector('.annotation-area .category-picker-wrapper');
          picker.insertAdjacentElement('afterend', card);
          c.addEventListener('change', (event) => { x.checked = event.target.value === 'b'; });
        });</script>""",
        {"c": {"label": "b"}, "second": {"x": True}},
        choose("b"),
    ),
    Sample(
        "wider instructions",
        """<crowd-form><crowd-classifier id="c" name="c" categories="['a']"><short-instructions>S</short-instructions>
        <full-instructions>F</full-instructions></crowd-classifier><input type="hidden" name="w" id="w"></crowd-form>
        <script>document.addEventListener('all-crowd-elements-ready', () => {
          const pane = c.shadowRoot.querySelector('.awsui-app-layout__navigation');
          pane.style.width = '300px';
          c.shadowRoot.querySelector('.awsui-modal-dialog').style.maxWidth = '90%';
          w.value = pane.style.width;
        });</script>""",
        {"c": {"label": "a"}, "w": "300px"},
        choose("a"),
    ),
    Sample(
        "a nested form and a hidden submit until all is chosen",
        """<crowd-form><form action=""><select name="s" id="s"><option value=""></option><option>one</option>
        </select></form>
        <crowd-button id="b" form-action="submit" disabled>Submit</crowd-button></crowd-form>
        <script>s.onchange = () => { b.disabled = s.value === ''; };</script>""",
        {"s": "one"},
        lambda task: task.frame.locator("select").select_option("one"),
    ),
    Sample(
        "plain buttons that fill a hidden field and submit",
        """<crowd-form id="f"><input type="hidden" name="mark" id="mark">
        <button id="go" type="button">Anomaly</button></crowd-form>
        <script>go.onclick = (event) => { event.preventDefault(); mark.value = 'yes';
          document.querySelector('crowd-form').submit(); };</script>""",
        {"mark": "yes"},
        press("Anomaly"),
        submit=False,
    ),
    Sample(
        "a plain button submits natively",
        '<crowd-form><input name="a" value="1"><button>Send it</button></crowd-form>',
        {"a": "1"},
        press("Send it"),
        submit=False,
    ),
    Sample(
        "tags that close themselves",
        """<crowd-form><crowd-slider name="fluency" label="Fluency" min="1" max="5" pin/>
        <crowd-input name="why" label="Why" value="so" required/></crowd-form>""",
        {"fluency": 1, "why": "so"},
    ),
    Sample(
        "a loop, blanks around equal signs, repeated names",
        """<crowd-form>{% for row in task.input.rows %}<p>{{ forloop.index }}. {{ row.text }}</p>
        <crowd-text-area name="fix" label="Fix {{ forloop.index }}" max-rows = "3" value = "{{ row.text }}">
        </crowd-text-area>
        {% endfor %}</crowd-form>""",
        {"fix": "b!"},
        write("Fix 2", "b!"),
        {"rows": [{"text": "a"}, {"text": "b"}]},
    ),
    Sample(
        "receipt: controls in the side bar",
        """<crowd-form><crowd-classifier name="c" categories="['ok']"><short-instructions>
        <label>Day <input type="date" name="day"></label><crowd-input name="total" label="Total" type="number">
        </crowd-input>
        </short-instructions></crowd-classifier></crowd-form>""",
        {"c": {"label": "ok"}, "day": "2026-11-23", "total": "12"},
        both(choose("ok"), write("Day", "2026-11-23"), write("Total", "12")),
    ),
    Sample(
        "a whole document; radios drive checkboxes",
        """<!DOCTYPE html><html><head><style>p { color: red }</style></head><body><crowd-form>
        <input type="radio" name="r" value="no" id="no"><label for="no">Refuse</label>
        <crowd-checkbox name="why" value="rude" id="rude" disabled>Rude</crowd-checkbox></crowd-form>
        <script>no.onchange = () => { rude.disabled = false; };</script></body></html>""",
        {"r": {"no": True}, "why": {"rude": True}},
        both(choose("Refuse"), lambda task: task.frame.get_by_role("checkbox", name="Rude").check()),
    ),
    Sample(
        "captions of a slider, images in a target outside a classifier",
        """<crowd-form><classification-target><img src="{{ task.input.image | grant_read_access }}">
        </classification-target>
        <crowd-slider name="s" min="0" max="2" value="1"><crowd-slider-label position="0">low</crowd-slider-label>
        </crowd-slider></crowd-form>""",
        {"s": 1},
        lambda task: task.frame.locator(".ticks span", has_text="low").wait_for(),
    ),
    Sample(
        "controls built by a script",
        """<script>window.names = ['x', 'y'];</script><crowd-form><div id="d"></div></crowd-form>
        <script>for (const name of names) {
          const box = document.createElement('input');
          Object.assign(box, { type: 'checkbox', name: 'tax', value: name, checked: name === 'y' });
          d.append(box);
        }</script>""",
        {"tax": {"x": False, "y": True}},
    ),
    Sample(
        "JSON in a data attribute, raw objects print as JSON",
        """<crowd-form><p id="p" data-parts='{{ task.input.parts }}'></p><input type="hidden" name="n" id="n">
        </crowd-form>
        <script>n.value = String(JSON.parse(p.dataset.parts)[1].text);</script>""",
        {"n": "it's <two>"},
        input={"parts": [{"text": "one"}, {"text": "it's <two>"}]},
    ),
    Sample(
        "moderation labels in a loop within an attribute",
        """{% capture s3_uri %}{{ task.input.image }}{% endcapture %}<crowd-form>
        <crowd-rekognition-detect-moderation-labels header="?" src="{{ s3_uri | grant_read_access }}"
        categories='[{% for label in task.input.labels %}{ name: "{{ label.name }}", parentName: "{{
        label.parentName }}", },
        {% endfor %}]' exclusion-category='{ text: "None of the above" }'></crowd-rekognition-detect-moderation-labels>
        </crowd-form>""",
        {
            "AWS/Rekognition/DetectModerationLabels/Image/V3": {
                "moderationLabels": [{"name": "B & C", "parentName": ""}]
            }
        },
        lambda task: task.frame.get_by_role("checkbox", name="B & C").check(),
        {"labels": [{"name": "A", "parentName": "P"}, {"name": "B & C", "parentName": ""}]},
    ),
    Sample(
        "a document's pairs",
        """<crowd-form><crowd-textract-analyze-document src="{{ task.input.image | grant_read_access }}"
        initial-value="{{ task.input.blocks }}" header="Check" keys="{{ task.input.keys }}" no-key-edit=""
        no-geometry-edit=""
        block-types='["KEY_VALUE_SET"]'></crowd-textract-analyze-document></crowd-form>""",
        {"AWS/Textract/AnalyzeDocument/Forms/V1": {"blocks": []}},
        input={"blocks": [], "keys": [{"importantFormKey": "Name", "importantFormKeyAliases": []}]},
    ),
    Sample(
        "tabs, a toggle, badges and a modal",
        """<crowd-form><crowd-tabs><crowd-tab header="One">
        <crowd-toggle-button name="t" checked>On</crowd-toggle-button>
        </crowd-tab><crowd-tab header="Two"><crowd-input name="in" value="x"></crowd-input></crowd-tab></crowd-tabs>
        <crowd-button id="b"><iron-icon icon="star"></iron-icon></crowd-button><crowd-badge for="b" label="3" />
        <crowd-modal link-text="More">Words</crowd-modal></crowd-form>""",
        {"t": {"on": True}, "in": "x"},
    ),
    Sample(
        "instructions in tabs",
        """<crowd-form><crowd-instructions link-text="View instructions" link-type="button">
        <short-summary>S</short-summary>
        <positive-example>P</positive-example><positive-example>Q</positive-example></crowd-instructions>
        <textarea name="plain">kept</textarea></crowd-form>""",
        {"plain": "kept"},
        both(press("View instructions"), press("Close")),
    ),
    Sample(
        "a floating button submits",
        """<crowd-form><input name="a" value="1"><crowd-fab icon="send" title="Done" onclick="
        document.querySelector('crowd-form').submit()"></crowd-fab></crowd-form>""",
        {"a": "1"},
        press("Done"),
        submit=False,
    ),
    Sample(
        "hyphens, hashes, conditions, comments",
        """<!-- {{ task.input.nothing }} {% if x %}{% endif %} -->{% assign map =
        task.input.source-metadata.class-map %}
        <crowd-form>{% for pair in map %}{% unless pair[0] == '0' %}
        <input type="hidden" name="n{{ pair[0] }}" value="{{ pair[1] | downcase }}">{% endunless %}{% endfor %}
        {% case task.input.kind %}{% when 'a' %}<input type="hidden" name="kind" value="${literal}">{% endcase %}
        {% comment %}<crowd-magic>{% endcomment %}</crowd-form>""",
        {"n1": "dog", "kind": "${literal}"},
        input={"source-metadata": {"class-map": {"0": "Cat", "1": "Dog"}}, "kind": "a"},
    ),
    Sample(
        "cancelled once by a script, then written and sent",
        """<crowd-form id="f"><input type="hidden" name="order" id="order"></crowd-form>
        <script>f.addEventListener('submit', (event) => {
          const first = order.value === '';
          order.value = JSON.stringify([2, 1]);
          if (first) event.preventDefault();
        });</script>""",
        {"order": "[2,1]"},
        press("Submit"),
    ),
]
