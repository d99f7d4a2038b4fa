import { colour } from './colours.js';
import { toImage } from './viewport.js';

/**
 * What shows the shapes of a tool, in a container that moves with the image: a point of the image lies at
 * `point * view.scale` in it.
 * @template {import('./bench.js').Bench} Bench
 * @typedef {object} Layer
 * @property {(bench: Bench) => void} paint
 * @property {(id: number|undefined) => (HTMLElement|SVGElement|undefined)} element the focusable element of a shape,
 *   which carries `data-id`
 */

/** From here on an image pixel is so large that it should look like one. */
const MAGNIFIED_FROM = 3;

/**
 * Paints the stage: image, crosshair, and by the tool's layer the shapes.
 * @template {import('./bench.js').Bench} Bench
 */
export class StageView {
  #photo;
  #canvas;
  #shapes;
  #across;
  #down;
  #pencil;
  /** @type {import('./viewport.js').View|undefined} */
  #view;
  layer;

  /**
   * @param {import('../base/element.js').CrowdElement} host
   * @param {Layer<Bench>} layer
   */
  constructor(host, layer) {
    this.#photo = host.part$('.photo');
    this.#canvas = host.part$('.upper-canvas');
    this.#shapes = host.part$('.shapes');
    this.#across = host.part$('.line.across');
    this.#down = host.part$('.line.down');
    this.#pencil = host.part$('.pencil');
    this.layer = layer;
  }

  /** @param {Bench} bench */
  paint(bench) {
    this.#paintPhoto(bench);
    this.#paintCrosshair(bench);
    this.#shapes.classList.toggle('away', bench.hidden);
    this.#shapes.classList.toggle('untagged', !bench.tagged);
    this.layer.paint(bench);
  }

  /** @param {Bench} bench */
  #paintPhoto({ view, size, ready }) {
    this.#photo.classList.toggle('shown', ready);
    if (this.#view === view) return;
    this.#view = view;
    this.#photo.classList.toggle('magnified', view.scale >= MAGNIFIED_FROM);
    this.#photo.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    this.#shapes.style.transform = `translate(${view.x}px, ${view.y}px)`;
    this.#canvas.style.width = `${size.width}px`;
    this.#canvas.style.height = `${size.height}px`;
    this.#canvas.style.transform = this.#photo.style.transform;
  }

  /** @param {Bench} bench */
  #paintCrosshair(bench) {
    const { pointer, view, size, label } = bench;
    const at = pointer && toImage(view, pointer);
    const over = at !== undefined && at.x >= 0 && at.y >= 0 && at.x <= size.width && at.y <= size.height;
    const shown = bench.ready && over && bench.aiming;
    this.#across.hidden = !shown;
    this.#down.hidden = !shown;
    this.#pencil.hidden = !shown || !bench.pencilled || label === '';
    if (!shown || !pointer) return;
    this.#across.style.transform = `translateY(${Math.round(pointer.y)}px)`;
    this.#down.style.transform = `translateX(${Math.round(pointer.x)}px)`;
    this.#pencil.style.transform = `translate(${pointer.x + 12}px, ${pointer.y + 14}px)`;
    this.#pencil.style.setProperty('--colour', colour(bench.labels.indexOf(label), bench.colours));
    if (this.#pencil.textContent !== label) this.#pencil.textContent = label;
  }
}
