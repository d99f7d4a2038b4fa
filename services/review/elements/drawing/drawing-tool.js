import { list, structure } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { closable } from '../base/dialog.js';
import { Instructions, instructionsStyles } from '../base/instructions.js';
import { Keyboard } from './keyboard.js';
import { LabelPanel } from './label-panel.js';
import { markup } from './markup.js';
import { Notices } from './notices.js';
import { Picture, PictureError } from './picture.js';
import { PointerTool } from './pointer.js';
import { writeShortcuts } from './shortcuts.js';
import { ShapeFocus } from './shape-focus.js';
import { StageView } from './stage-view.js';
import { Standing } from './standing.js';
import { drawingStyles } from './styles.js';
import { writeWords } from './texts.js';
import { Toolbar } from './toolbar.js';

/**
 * What turns the common frame into one tool. A tool has its own types of bench and shapes, which meet only in its kit:
 * the frame passes them on as `any`, since JSDoc has no existential types.
 * @typedef {object} Kit
 * @property {import('./bench.js').Texts} t
 * @property {(listener: import('./bench.js').Listener) => any} createBench a Bench
 * @property {(root: HTMLElement) => import('./stage-view.js').Layer<any>} createLayer
 * @property {() => {value: Record<string, unknown>, update: (bench: any, hasInitialValue: boolean) => void}} createAnswer
 * @property {(value: unknown, labels: string[], size: import('./geometry.js').Size) => Initial|Promise<Initial>} read an
 *   initial value, or an answer that is restored
 * @property {import('./pointer.js').Hand<any>} hand
 * @property {readonly import('./keyboard.js').Shortcut<any>[]} shortcuts
 * @property {readonly {keys: string, does: string}[]} gestures what the mouse does, for the shortcuts panel
 * @property {readonly import('./toolbar.js').Tool<any>[]} tools
 * @typedef {{shapes: any, remarks: string[]}} Initial shapes: what the bench's `open` and `resume` take
 */

/**
 * An element to draw on an image: attributes `name`, `src`, `labels` (list of names), `initial-value`, `header`;
 * children `<short-instructions>`, `<full-instructions>`. Fires `change` whenever the answer changes.
 */
export class DrawingTool extends CrowdControl {
  /** How the form lays it out. @type {import('../base/layouts.js').Layout} */
  static layout = 'fills';
  static template = markup;
  static styles = [instructionsStyles, ...drawingStyles];
  static observedAttributes = ['src', 'labels', 'initial-value', 'header'];
  static liveProperties = ['labels'];
  /** @type {Kit} a tool's own */
  static kit;

  #kit;
  #answer;
  #bench;
  #panels = {
    openLabels: () => this.#labelPanel.open(),
    openShortcuts: () => this.part$('.keys').showModal(),
    openInstructions: () => this.#instructions.toggle(),
  };
  #labelPanel;
  #stageView;
  #pointer;
  #focus;
  #toolbar;
  #picture;
  #notices = new Notices(this);
  #instructions = new Instructions(this, { beside: true });
  #painting = 0;
  #standing = new Standing(this);
  #hasInitialValue = false;
  /** @type {{value: unknown}|undefined} an answer to be restored as soon as there is an image */
  #toRestore;
  /** Whether a script has set the labels: then the attribute no longer counts. */
  #labelsByScript = false;

  constructor() {
    super();
    const kit = /** @type {typeof DrawingTool} */ (new.target).kit;
    this.#kit = kit;
    this.#answer = kit.createAnswer();
    this.#bench = kit.createBench({
      repaint: () => this.#repaint(),
      answered: () => this.#answered(),
      say: (sentence) => this.#notices.say(sentence),
      warn: (sentence) => this.#notices.warn(sentence),
      hold: (sentence) => this.#standing.hold(sentence),
      follow: () => this.#focus.follow(),
    });
    const root = /** @type {ShadowRoot} */ (this.shadowRoot);
    writeWords(root, kit.t);
    this.#stageView = new StageView(this, kit.createLayer(this.part$('.shapes')));
    this.#pointer = new PointerTool(this.part$('.stage'), this.#bench, kit.hand);
    this.#toolbar = new Toolbar(this.part$('.tools'), this.#bench, this.#panels, kit.tools);
    this.#focus = new ShapeFocus(this.#bench, {
      paint: () => this.#paint(),
      pressed: () => this.#pointer.pressed,
      selected: () => this.#stageView.layer.element(this.#bench.selectedId) ?? this.part$('.stage'),
    });
    this.#picture = new Picture(this.part$('.photo'), kit.t);
    this.#labelPanel = new LabelPanel(root, {
      choose: (label) => this.#bench.chooseLabel(label),
      leave: () => this.#focus.follow(),
    });
    writeShortcuts(this.part$('.keys .body'), kit.gestures, kit.shortcuts, kit.t);
  }

  /** The answer: always the same object, updated with every change. */
  get value() {
    return this.#answer.value;
  }

  /** Another name of `value`, which pages made for Amazon's elements use. */
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

  /** The colours that the page chooses for the first labels, if the tool allows it. @returns {import('./colours.js').Colours} */
  get labelColors() {
    return [];
  }

  /** Its error messages are whole sentences. */
  get title$() {
    return '';
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.#instructions.connect(signal);
    this.#labelPanel.connect(signal);
    closable(this.part$('.keys'), signal);
    this.#pointer.connect(signal);
    new Keyboard(this, this.#bench, this.#panels, this.#kit.shortcuts).connect(signal);
    this.#followSize(signal);
    this.#focus.connect(this.part$('.shapes'), signal);
    this.part$('.again').addEventListener('click', () => this.#open(), { signal });
    this.part$('.dismiss').addEventListener('click', () => this.#dismiss(), { signal });
    if (!this.hasAttribute('tabindex')) this.tabIndex = -1;
    this.#title();
    // An element that is only moved within the page keeps its shapes.
    if (!this.#bench.ready) this.#open();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (!this.isConnected) return;
    if (name === 'header') this.#title();
    else if (name.startsWith('label')) this.#relabel();
    else this.#open();
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: this.#answer.value };
  }

  /**
   * Draw again what `submission()` gave; the worker is told what cannot be drawn.
   * @param {unknown} value
   * @throws {TypeError} if it lacks the list that this tool answers
   */
  restore(value) {
    const [list] = Object.keys(this.#answer.value);
    if (!Object.hasOwn(Object(value), list)) throw new TypeError(`<${this.localName}> answers with "${list}"`);
    this.#toRestore = { value };
    if (this.#bench.ready) this.#resume();
  }

  /** Focus the stage with the shapes. */
  focus() {
    this.part$('.stage').focus();
  }

  formResetCallback() {
    this.#open();
  }

  async #open() {
    this.#standing.loading(this.#kit.t('loading.held'));
    this.#bench.open({ width: 0, height: 0 });
    this.#notices.remark([]);
    try {
      this.#readLabels();
      const initial = structure(this, 'initial-value');
      const size = await this.#picture.load(this.getAttribute('src') ?? '');
      if (size) await this.#begin(size, initial);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** New labels leave the shapes unchanged; without an image (or with labels that could not be read) everything starts again. */
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
    this.#bench.colours = this.labelColors;
    if (this.#labelsByScript) return;
    this.#bench.setLabels([...new Set(list(this, 'labels').map(String))]);
  }

  /**
   * @param {import('./geometry.js').Size} size
   * @param {unknown} initial
   */
  async #begin(size, initial) {
    this.#hasInitialValue = initial !== undefined && initial !== null;
    const { shapes, remarks } = await this.#kit.read(initial, this.#bench.labels, size);
    this.#notices.remark(remarks);
    this.#bench.open(size, shapes);
    this.#updateAnswer();
    this.#standing.ready();
    if (this.#toRestore) await this.#resume();
    this.#takeKeys();
  }

  async #resume() {
    const value = this.#toRestore?.value;
    this.#toRestore = undefined;
    const { shapes, remarks } = await this.#kit.read(value, this.#bench.labels, this.#bench.size);
    this.#notices.remark(remarks);
    this.#bench.resume(shapes);
    this.#updateAnswer();
  }

  /** A frame without focus receives no keys: take the focus, unless the person is working elsewhere on the page. */
  #takeKeys() {
    if (document.activeElement === document.body) this.part$('.stage').focus({ preventScroll: true });
  }

  /** @param {unknown} error */
  #fail(error) {
    if (!(error instanceof PictureError) && !(error instanceof TypeError)) throw error;
    this.#standing.failed(error.message, error instanceof TypeError ? error.message : this.#kit.t('failed.held'));
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
    this.part$('.stage').setAttribute('aria-label', header || this.#kit.t('stage.name'));
  }

  #answered() {
    this.#updateAnswer();
    this.changed();
  }

  #updateAnswer() {
    this.#answer.update(this.#bench, this.#hasInitialValue);
  }

  #repaint() {
    if (this.#painting) return;
    this.#painting = requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    cancelAnimationFrame(this.#painting);
    this.#painting = 0;
    const bench = this.#bench;
    this.#stageView.paint(bench);
    this.#toolbar.paint();
    this.#labelPanel.paint(bench.labels, bench.label, bench.counts, bench.colours);
    this.#notices.count(bench.ready ? bench.tally : '', bench.ready && bench.counts.size === 0);
  }

  #dismiss() {
    this.#notices.remark([]);
    this.focus();
  }
}
