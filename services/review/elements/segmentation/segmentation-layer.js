import { textColour } from '../drawing/colours.js';
import { middleOf } from './places.js';

/**
 * @typedef {import('./segmentation-bench.js').SegmentationBench} SegmentationBench
 * @typedef {import('./segmentation-bench.js').State} State
 */

/** Shows the mask over the image, the brush, the outline that is being drawn, and a tag for each instance. */
export class SegmentationLayer {
  #root;
  #canvas = document.createElement('canvas');
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d', { willReadFrequently: true }));
  #brush = document.createElement('div');
  #line = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  #path = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  /** @type {Map<number, HTMLElement>} */
  #tags = new Map();
  #tagged;
  /** @type {unknown[]} what was drawn last: the picture's revision, the view, the stage */
  #drawn = [];
  /** @type {State|undefined} the state whose tags are shown */
  #named;

  /**
   * @param {HTMLElement} root
   * @param {{tagged: boolean}} options whether segments have tags, to be chosen by
   */
  constructor(root, { tagged }) {
    this.#root = root;
    this.#tagged = tagged;
    this.#canvas.className = 'mask';
    this.#brush.className = 'brush';
    this.#brush.hidden = true;
    this.#line.setAttribute('class', 'outline');
    this.#line.append(this.#path);
    root.append(this.#canvas, this.#line, this.#brush);
  }

  /** The tag of a segment. @param {number|undefined} id */
  element(id) {
    return id === undefined ? undefined : this.#tags.get(id);
  }

  /** @param {SegmentationBench} bench */
  paint(bench) {
    this.#paintMask(bench);
    this.#paintOutline(bench);
    this.#paintBrush(bench);
    if (this.#tagged) this.#paintTags(bench);
  }

  /** Only the visible part is drawn, at its visible size. @param {SegmentationBench} bench */
  #paintMask({ state, size, stage, view, picture }) {
    picture.show(size, state.tiles, state.segments.map(({ color }) => color));
    const now = [picture.revision, view, stage.width, stage.height];
    if (now.every((each, index) => each === this.#drawn[index])) return;
    const [, , width, height] = this.#drawn;
    const ratio = window.devicePixelRatio || 1;
    if (width !== stage.width || height !== stage.height) {
      Object.assign(this.#canvas, { width: Math.round(stage.width * ratio), height: Math.round(stage.height * ratio) });
      Object.assign(this.#canvas.style, { width: `${stage.width}px`, height: `${stage.height}px` });
    }
    this.#drawn = now;
    // The root moves with the image; the canvas stays where the stage is.
    this.#canvas.style.transform = `translate(${-view.x}px, ${-view.y}px)`;
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    if (size.width === 0) return;
    context.imageSmoothingEnabled = false;
    context.setTransform(view.scale * ratio, 0, 0, view.scale * ratio, view.x * ratio, view.y * ratio);
    context.drawImage(picture.canvas, 0, 0);
  }

  /** @param {SegmentationBench} bench */
  #paintOutline({ outline, view: { scale } }) {
    const points = outline.map(({ x, y }) => `${x * scale},${y * scale}`).join(' ');
    if (this.#path.getAttribute('points') !== points) this.#path.setAttribute('points', points);
  }

  /** @param {SegmentationBench} bench */
  #paintBrush({ ready, pointer, panning, hidden, outlining, erasing, brush, view }) {
    const shown = ready && pointer !== undefined && !panning && !hidden && !outlining;
    this.#brush.hidden = !shown;
    if (!shown || !pointer) return;
    const across = Math.max(3, brush * view.scale);
    this.#brush.classList.toggle('eraser', erasing);
    Object.assign(this.#brush.style, { width: `${across}px`, height: `${across}px` });
    const [x, y] = [pointer.x - view.x - across / 2, pointer.y - view.y - across / 2];
    this.#brush.style.transform = `translate(${x}px, ${y}px)`;
  }

  /** @param {SegmentationBench} bench */
  #paintTags(bench) {
    if (!bench.painting && this.#named?.tiles !== bench.state.tiles) this.#nameSegments(bench);
    for (const [id, tag] of this.#tags) {
      const { x, y } = JSON.parse(tag.dataset.at ?? '{}');
      tag.style.transform = `translate(${x * bench.view.scale}px, ${y * bench.view.scale}px) translate(-50%, -50%)`;
      tag.classList.toggle('selected', bench.selectedId === id);
      tag.setAttribute('aria-pressed', String(bench.selectedId === id));
    }
  }

  /** @param {SegmentationBench} bench */
  #nameSegments(bench) {
    this.#named = bench.state;
    const { used } = bench;
    const ids = new Set(used.map(({ id }) => id));
    for (const [id, tag] of this.#tags) {
      if (ids.has(id)) continue;
      tag.remove();
      this.#tags.delete(id);
    }
    used.forEach(({ segment, id }, index) => {
      const tag = this.#tags.get(id) ?? tagElement(id);
      this.#tags.set(id, tag);
      tag.dataset.at = JSON.stringify(middleOf(bench.state.tiles, id, bench.size));
      tag.textContent = segment.label;
      tag.style.setProperty('--colour', segment.color);
      tag.style.setProperty('--text', textColour(0, [segment.color]));
      const words = { label: segment.label, index: index + 1, count: used.length };
      tag.setAttribute('aria-label', bench.t('segment.name', words));
      if (!tag.isConnected) this.#root.append(tag);
    });
  }
}

/** @param {number} id */
const tagElement = (id) => {
  const tag = document.createElement('div');
  tag.className = 'tag';
  tag.dir = 'auto';
  tag.tabIndex = 0;
  tag.dataset.id = String(id);
  tag.setAttribute('role', 'button');
  return tag;
};
