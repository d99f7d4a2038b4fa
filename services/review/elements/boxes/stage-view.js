import { colour } from '../drawing/colours.js';
import { BoxLayer } from './layer.js';
import { toImage } from '../drawing/viewport.js';

/** @typedef {import('./workbench.js').Workbench} Workbench */

/** From here on an image pixel is so large that it should look like one. */
const MAGNIFIED_FROM = 3;

/** Paints the stage: image, crosshair, boxes. */
export class StageView {
  #photo;
  #canvas;
  #across;
  #down;
  #pencil;
  layer;

  /** @param {import('../base/element.js').CrowdElement} host */
  constructor(host) {
    this.#photo = host.part$('.photo');
    this.#canvas = host.part$('.upper-canvas');
    this.#across = host.part$('.line.across');
    this.#down = host.part$('.line.down');
    this.#pencil = host.part$('.pencil');
    this.layer = new BoxLayer(host.part$('.boxes'));
  }

  /** @param {Workbench} bench */
  paint(bench) {
    this.#paintPhoto(bench);
    this.#paintCrosshair(bench);
    this.layer.paint(bench);
  }

  /** @param {Workbench} bench */
  #paintPhoto({ view, size, ready }) {
    this.#photo.classList.toggle('shown', ready);
    this.#photo.classList.toggle('magnified', view.scale >= MAGNIFIED_FROM);
    this.#photo.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    this.#canvas.style.width = `${size.width}px`;
    this.#canvas.style.height = `${size.height}px`;
    this.#canvas.style.transform = this.#photo.style.transform;
  }

  /** @param {Workbench} bench */
  #paintCrosshair({ pointer, panning, ready, view, size, label, labels, draft }) {
    const at = pointer && toImage(view, pointer);
    const over = at !== undefined && at.x >= 0 && at.y >= 0 && at.x <= size.width && at.y <= size.height;
    const shown = ready && over && !panning && (draft === undefined || draft.id === undefined);
    this.#across.hidden = !shown;
    this.#down.hidden = !shown;
    this.#pencil.hidden = !shown || draft !== undefined || label === '';
    if (!shown || !pointer) return;
    this.#across.style.transform = `translateY(${Math.round(pointer.y)}px)`;
    this.#down.style.transform = `translateX(${Math.round(pointer.x)}px)`;
    this.#pencil.style.transform = `translate(${pointer.x + 12}px, ${pointer.y + 14}px)`;
    this.#pencil.style.setProperty('--colour', colour(labels.indexOf(label)));
    if (this.#pencil.textContent !== label) this.#pencil.textContent = label;
  }
}
