import { list, structure } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { closable } from '../base/dialog.js';
import { Instructions, instructionsStyles } from '../base/instructions.js';
import { LiveAnswer, readInitial } from './answer.js';
import { Keyboard } from './keyboard.js';
import { LabelPanel } from '../drawing/label-panel.js';
import { markup } from './markup.js';
import { Picture, PictureError } from '../drawing/picture.js';
import { PointerTool } from './pointer.js';
import { writeShortcuts } from './shortcuts.js';
import { StageView } from './stage-view.js';
import { boxStyles } from './styles.js';
import { Toolbar } from './toolbar.js';
import { Workbench } from './workbench.js';

/**
 * Draw labelled boxes on an image.
 *
 * Attributes: `name`, `src`, `labels` (list of names), `initial-value` (list of boxes), `header`. Children:
 * `<short-instructions>`, `<full-instructions>`. Answer: `{boundingBoxes: [{label, left, top, width, height}],
 * inputImageProperties: {width, height}}` in whole pixels of the image itself, and with an initial value
 * `initialValueModified`. Fires `change` whenever the boxes change.
 */
export class CrowdBoundingBox extends CrowdControl {
  static template = markup;
  static styles = [instructionsStyles, ...boxStyles];
  static observedAttributes = ['src', 'labels', 'initial-value', 'header'];
  static liveProperties = ['labels'];

  #answer = new LiveAnswer();
  #bench = new Workbench({
    repaint: () => this.#repaint(),
    answered: () => this.#answered(),
    say: (sentence) => this.#say(sentence),
    follow: () => this.#follow(),
  });
  #panels = { openLabels: () => this.#labelPanel.open(), openShortcuts: () => this.part$('.keys').showModal() };
  #labelPanel;
  #stageView;
  #toolbar;
  #picture;
  #instructions = new Instructions(this);
  #painting = 0;
  #hasInitialValue = false;
  /** Whether a script has set the labels: then the attribute says no more. */
  #labelsByScript = false;

  constructor() {
    super();
    this.#stageView = new StageView(this);
    this.#toolbar = new Toolbar(this.part$('.tools'), this.#bench, this.#panels);
    this.#picture = new Picture(this.part$('.photo'));
    this.#labelPanel = new LabelPanel(/** @type {ShadowRoot} */ (this.shadowRoot), {
      choose: (label) => this.#bench.chooseLabel(label),
      leave: () => this.#follow(),
    });
    writeShortcuts(this.part$('.keys .body'));
  }

  /** The answer; the same object all the time, brought up to date with every change. */
  get value() {
    return this.#answer.value;
  }

  /** Another name of `value`, by which pages made for Amazon's elements know it. */
  get _submittableValue() {
    return this.#answer.value;
  }

  get labels() {
    return [...this.#bench.labels];
  }

  /** @param {string[]} next */
  set labels(next) {
    this.#labelsByScript = true;
    this.#bench.setLabels(Array.from(next, String));
  }

  /** Its complaints are whole sentences. */
  get title$() {
    return '';
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.#instructions.connect(signal);
    this.#labelPanel.connect(signal);
    closable(this.part$('.keys'), signal);
    new PointerTool(this.part$('.stage'), this.#bench).connect(signal);
    new Keyboard(this, this.#bench, this.#panels).connect(signal);
    this.#followSize(signal);
    this.part$('.boxes').addEventListener('focusin', (/** @type {FocusEvent} */ event) => this.#onFocus(event), { signal });
    this.part$('.again').addEventListener('click', () => this.#open(), { signal });
    if (!this.hasAttribute('tabindex')) this.tabIndex = -1;
    this.#title();
    // An element that is only moved within the page keeps its boxes.
    if (!this.#bench.ready) this.#open();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (!this.isConnected) return;
    if (name === 'header') this.#title();
    else if (name === 'labels') this.#relabel();
    else this.#open();
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: this.#answer.value };
  }

  /** Focus the place where the boxes are. */
  focus() {
    this.part$('.stage').focus();
  }

  formResetCallback() {
    this.#open();
  }

  async #open() {
    this.#state('loading', 'The image is still loading.');
    this.#bench.open({ width: 0, height: 0 }, []);
    try {
      this.#readLabels();
      const initial = structure(this, 'initial-value');
      const size = await this.#picture.load(this.getAttribute('src') ?? '');
      if (size) this.#begin(size, initial);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** New labels leave the boxes alone; without an image (or with labels that could not be read) all begins again. */
  #relabel() {
    this.#labelsByScript = false;
    if (!this.#bench.ready) {
      this.#open();
      return;
    }
    try {
      this.#readLabels();
    } catch (error) {
      this.#fail(error);
    }
  }

  #readLabels() {
    if (this.#labelsByScript) return;
    const labels = list(this, 'labels').map(String);
    this.#bench.setLabels(labels.filter((label, index) => labels.indexOf(label) === index));
  }

  /**
   * @param {import('./box.js').Size} size
   * @param {any} initial
   */
  #begin(size, initial) {
    this.#hasInitialValue = initial !== undefined && initial !== null;
    const { boxes, refused } = readInitial(initial, this.#bench.labels, size);
    this.#bench.open(size, boxes);
    this.#updateAnswer();
    this.#state('', '');
    this.#takeKeys();
    const remark = this.part$('.remark');
    remark.hidden = refused.length === 0;
    remark.textContent = `Not drawn: ${refused.join('; ')}.`;
  }

  /** In a frame that has no focus no key is heard: take it, unless somebody is at work elsewhere on the page. */
  #takeKeys() {
    if (document.activeElement === document.body) this.part$('.stage').focus({ preventScroll: true });
  }

  /** @param {unknown} error */
  #fail(error) {
    if (!(error instanceof PictureError) && !(error instanceof TypeError)) throw error;
    this.part$('.reason').textContent = error.message;
    const noImage = 'The image cannot be shown, so nothing can be submitted.';
    this.#state('failure', error instanceof TypeError ? error.message : noImage);
  }

  /**
   * @param {string} state 'loading', 'failure', or '' when there is an image to work on
   * @param {string} complaint
   */
  #state(state, complaint) {
    this.part$('.loading').hidden = state !== 'loading';
    this.part$('.failure').hidden = state !== 'failure';
    this.complain(complaint);
  }

  /** @param {AbortSignal} signal */
  #followSize(signal) {
    const stage = this.part$('.stage');
    const observer = new ResizeObserver(() => this.#bench.resizeStage({ width: stage.clientWidth, height: stage.clientHeight }));
    observer.observe(stage);
    signal.addEventListener('abort', () => observer.disconnect());
  }

  #title() {
    const header = this.getAttribute('header') ?? '';
    this.part$('.header').textContent = header;
    this.part$('.stage').setAttribute('aria-label', header || 'Image to draw boxes on');
  }

  #answered() {
    this.#updateAnswer();
    this.changed();
  }

  #updateAnswer() {
    const { annotations, size } = this.#bench;
    const modified = this.#hasInitialValue ? annotations.modified : undefined;
    this.#answer.update(annotations.items, size, modified);
  }

  #repaint() {
    if (this.#painting) return;
    this.#painting = requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    cancelAnimationFrame(this.#painting);
    this.#painting = 0;
    this.#stageView.paint(this.#bench);
    this.#toolbar.paint();
    this.#labelPanel.paint(this.#bench.labels, this.#bench.label, this.#bench.annotations.items);
    this.part$('.tally').textContent = tally(this.#bench);
  }

  /** The focus goes to the selected box, whose element may have to be made first; else to the stage. */
  #follow() {
    this.#paint();
    const { selected } = this.#bench.annotations;
    const target = this.#stageView.layer.element(selected?.id) ?? this.part$('.stage');
    target.focus({ preventScroll: true });
  }

  /** @param {FocusEvent} event */
  #onFocus(event) {
    const id = event.target instanceof HTMLElement ? Number(event.target.dataset.id) : Number.NaN;
    if (this.#bench.annotations.selected?.id !== id) this.#bench.select(id, true);
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.part$('#said').textContent = sentence;
  }
}

/** @param {Workbench} bench */
const tally = ({ ready, annotations, count }) => {
  if (!ready) return '';
  return annotations.items.length === 0 ? 'No boxes. If there is nothing to label, submit as it is.' : count;
};
