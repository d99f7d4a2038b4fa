import { panning, pinching } from './gestures.js';

/**
 * @typedef {import('./geometry.js').Point} Point
 * @typedef {import('./gestures.js').Gesture} Gesture
 * @typedef {{at: Point, reach: number, byFinger: boolean, event: PointerEvent}} Press where on the stage, and how near
 *   to an edge (CSS pixels) takes it
 */

/**
 * What a tool does with the pointer.
 * @template {import('./bench.js').Bench} Bench
 * @typedef {object} Hand
 * @property {(bench: Bench, press: Press) => Gesture|undefined} begin what a press begins
 * @property {(bench: Bench, press: Press) => {cursor: string, id?: number}} look what is under the pointer
 */

const REACH = { mouse: 8, pen: 12, touch: 22 };
const WHEEL_SPEED = 0.0016;
const PINCH_SPEED = 0.012;
const LINE_HEIGHT = 16;

/**
 * Turns what mouse, pen and fingers do on the stage into gestures: two fingers, the wheel, the middle button and a held
 * space bar change the view; everything else goes to the tool.
 * @template {import('./bench.js').Bench} Bench
 */
export class PointerTool {
  #stage;
  #bench;
  #hand;
  /** @type {Map<number, Point>} */
  #down = new Map();
  /** @type {Gesture|undefined} */
  #gesture;
  /** @type {DOMRect|undefined} where the stage is, while something is pressed: asking each time lays the page out */
  #place;

  /**
   * @param {HTMLElement} stage
   * @param {Bench} bench
   * @param {Hand<Bench>} hand
   */
  constructor(stage, bench, hand) {
    this.#stage = stage;
    this.#bench = bench;
    this.#hand = hand;
  }

  /** @param {AbortSignal} signal */
  connect(signal) {
    const stage = this.#stage;
    stage.addEventListener('pointerdown', (event) => this.#onDown(event), { signal });
    stage.addEventListener('pointermove', (event) => this.#onMove(event), { signal });
    stage.addEventListener('pointerup', (event) => this.#onUp(event), { signal });
    stage.addEventListener('pointercancel', (event) => this.#onCancel(event), { signal });
    stage.addEventListener('pointerleave', () => this.#bench.hover(undefined, undefined), { signal });
    stage.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: false });
    // touch-action alone keeps the browser from scrolling, but a finger lifted in motion still counts as a throw: its
    // momentum lasts for seconds, and the next tap, on any button, would only stop it.
    stage.addEventListener('touchmove', (event) => event.preventDefault(), { signal, passive: false });
    // A native drag of the image, the middle button's scrolling or a long press's menu would take the gesture away.
    stage.addEventListener('dragstart', (event) => event.preventDefault(), { signal });
    stage.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    stage.addEventListener('mousedown', (event) => event.button === 1 && event.preventDefault(), { signal });
    // If the tool leaves the page during a press, the release is never received.
    signal.addEventListener('abort', () => this.#letGo());
  }

  /** Whether a button or a finger is down on the stage. */
  get pressed() {
    return this.#down.size > 0;
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    if (!this.#bench.ready || (event.button !== 0 && event.button !== 1)) return;
    if (event.target instanceof Element && event.target.closest('.state')) return;
    this.#place = this.#stage.getBoundingClientRect();
    const press = this.#press(event);
    this.#down.set(event.pointerId, press.at);
    this.#capture(event);
    this.#gesture?.cancel();
    this.#gesture = this.#down.size === 2 ? this.#pinch() : this.#begin(press);
  }

  /** Only a real pointer can be captured, not one that a script made. @param {PointerEvent} event */
  #capture(event) {
    if (event.isTrusted) this.#stage.setPointerCapture(event.pointerId);
  }

  /**
   * @param {Press} press
   * @returns {Gesture|undefined}
   */
  #begin(press) {
    if (this.#down.size > 2) return undefined;
    if (press.event.button === 1 || this.#bench.panning) return panning(this.#bench, press.at);
    return this.#hand.begin(this.#bench, press);
  }

  #pinch() {
    return pinching(this.#bench, () => {
      const [one, other] = this.#down.values();
      return [one, other ?? one];
    });
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    const press = this.#press(event);
    if (this.#down.has(event.pointerId)) this.#down.set(event.pointerId, press.at);
    if (this.#gesture) this.#gesture.move(press.at);
    if (event.pointerType !== 'touch') this.#hover(press);
  }

  /** @param {PointerEvent} event */
  #onUp(event) {
    if (!this.#down.has(event.pointerId)) return;
    this.#gesture?.move(this.#point(event));
    this.#down.delete(event.pointerId);
    const gesture = this.#gesture;
    this.#gesture = undefined;
    this.#place = undefined;
    gesture?.finish();
  }

  /** @param {PointerEvent} event */
  #onCancel(event) {
    this.#down.delete(event.pointerId);
    this.#gesture?.cancel();
    this.#gesture = undefined;
    this.#place = undefined;
  }

  #letGo() {
    this.#down.clear();
    this.#gesture?.cancel();
    this.#gesture = undefined;
    this.#place = undefined;
  }

  /** @param {WheelEvent} event */
  #onWheel(event) {
    if (!this.#bench.ready) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1;
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (sideways && !event.ctrlKey) {
      const across = (event.deltaX || event.deltaY) * unit;
      this.#bench.panBy({ x: -across, y: 0 });
      return;
    }
    const speed = event.ctrlKey ? PINCH_SPEED : WHEEL_SPEED;
    this.#bench.zoomBy(Math.exp(-event.deltaY * unit * speed), this.#point(event));
  }

  /** @param {Press} press */
  #hover(press) {
    const bench = this.#bench;
    if (this.#gesture || !bench.ready) {
      bench.hover(press.at, undefined);
      return;
    }
    const { cursor, id } = this.#hand.look(bench, press);
    this.#stage.style.cursor = bench.panning ? 'grab' : cursor;
    bench.hover(press.at, id);
  }

  /**
   * @param {PointerEvent} event
   * @returns {Press}
   */
  #press(event) {
    const reach = REACH[/** @type {keyof typeof REACH} */ (event.pointerType)] ?? REACH.mouse;
    return { at: this.#point(event), reach, byFinger: event.pointerType === 'touch', event };
  }

  /** @param {MouseEvent} event */
  #point(event) {
    const { left, top } = this.#place ?? this.#stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}
