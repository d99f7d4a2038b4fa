import { cursor } from './handles.js';
import { drawing, moving, panning, pinching, resizing } from './gestures.js';
import { hit, smallestAround } from './hit.js';
import { toImage } from '../drawing/viewport.js';

/**
 * @typedef {import('./box.js').Point} Point
 * @typedef {import('./gestures.js').Gesture} Gesture
 * @typedef {import('./workbench.js').Workbench} Workbench
 */

/** How near to an edge a press takes it, in CSS pixels. */
const REACH = { mouse: 8, pen: 10, touch: 20 };
const WHEEL_SPEED = 0.0016;
const PINCH_SPEED = 0.012;
const LINE_HEIGHT = 16;

/** Turns what mouse, pen and fingers do on the stage into gestures. */
export class PointerTool {
  #stage;
  #bench;
  /** @type {Map<number, Point>} */
  #down = new Map();
  /** @type {Gesture|undefined} */
  #gesture;

  /**
   * @param {HTMLElement} stage
   * @param {Workbench} bench
   */
  constructor(stage, bench) {
    this.#stage = stage;
    this.#bench = bench;
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
    // A native drag of the image or the middle button's scrolling would take the gesture away.
    stage.addEventListener('dragstart', (event) => event.preventDefault(), { signal });
    stage.addEventListener('mousedown', (event) => event.button === 1 && event.preventDefault(), { signal });
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    if (!this.#bench.ready || (event.button !== 0 && event.button !== 1)) return;
    const at = this.#point(event);
    this.#down.set(event.pointerId, at);
    this.#capture(event);
    this.#gesture?.cancel();
    this.#gesture = this.#down.size === 2 ? this.#pinch() : this.#begin(event, at);
  }

  /** Only a real pointer can be captured; one that a script made cannot. @param {PointerEvent} event */
  #capture(event) {
    if (event.isTrusted) this.#stage.setPointerCapture(event.pointerId);
  }

  /**
   * @param {PointerEvent} event
   * @param {Point} at
   * @returns {Gesture|undefined}
   */
  #begin(event, at) {
    const bench = this.#bench;
    if (this.#down.size > 2) return undefined;
    if (event.button === 1 || bench.panning) return panning(bench, at);
    if (event.shiftKey) return drawing(bench, at);
    const tagged = this.#tagged(event);
    if (tagged) return this.#take(tagged, at);
    const found = this.#hit(event, at);
    if (found.what === 'handle') return resizing(bench, found.annotation, found.handle, at);
    return found.what === 'box' ? this.#take(found.annotation, at) : drawing(bench, at);
  }

  /**
   * @param {import('./annotations.js').Annotation} annotation
   * @param {Point} at
   */
  #take(annotation, at) {
    const already = this.#bench.annotations.selected?.id === annotation.id;
    if (!already) this.#bench.select(annotation.id);
    return moving(this.#bench, annotation, at);
  }

  #pinch() {
    return pinching(this.#bench, () => {
      const [one, other] = this.#down.values();
      return [one, other ?? one];
    });
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    const at = this.#point(event);
    if (this.#down.has(event.pointerId)) this.#down.set(event.pointerId, at);
    if (this.#gesture) this.#gesture.move(at);
    if (event.pointerType !== 'touch') this.#hover(event, at);
  }

  /** @param {PointerEvent} event */
  #onUp(event) {
    if (!this.#down.has(event.pointerId)) return;
    this.#gesture?.move(this.#point(event));
    this.#down.delete(event.pointerId);
    const gesture = this.#gesture;
    this.#gesture = undefined;
    gesture?.finish();
  }

  /** @param {PointerEvent} event */
  #onCancel(event) {
    this.#down.delete(event.pointerId);
    this.#gesture?.cancel();
    this.#gesture = undefined;
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

  /**
   * @param {PointerEvent} event
   * @param {Point} at
   */
  #hover(event, at) {
    const bench = this.#bench;
    if (this.#gesture || !bench.ready) {
      bench.hover(at, undefined);
      return;
    }
    const tagged = this.#tagged(event);
    const found = tagged ? { what: /** @type {const} */ ('box'), annotation: tagged } : this.#hit(event, at);
    this.#stage.style.cursor = this.#cursor(found);
    const meant = found.what === 'image' ? smallestAround(bench.annotations.items, toImage(bench.view, at)) : found.annotation;
    bench.hover(at, meant?.id);
  }

  /** @param {import('./hit.js').Hit} found */
  #cursor(found) {
    if (this.#bench.panning) return 'grab';
    if (found.what === 'handle') return cursor(found.handle);
    if (found.what === 'image') return 'crosshair';
    return found.annotation.id === this.#bench.annotations.selected?.id ? 'move' : 'pointer';
  }

  /**
   * @param {PointerEvent} event
   * @param {Point} at
   */
  #hit(event, at) {
    const { annotations, view } = this.#bench;
    const reach = REACH[/** @type {keyof typeof REACH} */ (event.pointerType)] ?? REACH.mouse;
    return hit(annotations.items, annotations.selected, toImage(view, at), reach / view.scale);
  }

  /** The box whose label tag was pressed. @param {PointerEvent} event */
  #tagged(event) {
    const tag = event.composedPath().find((target) => target instanceof HTMLElement && target.matches('.tag'));
    const id = tag instanceof HTMLElement ? Number(tag.closest('.box')?.getAttribute('data-id')) : undefined;
    return this.#bench.annotations.items.find((item) => item.id === id);
  }

  /** @param {MouseEvent} event */
  #point(event) {
    const { left, top } = this.#stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}
