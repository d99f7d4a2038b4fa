import { boundsOf } from './places.js';
import { SegmentationBench } from './segmentation-bench.js';
import { instanceTexts } from './texts.js';

/** Every single thing is a segment; several may have one label. */
export class InstanceBench extends SegmentationBench {
  /** @type {number|undefined} the instance that is painted on */
  #current;

  /** @param {import('../drawing/bench.js').Listener} listener */
  constructor(listener) {
    super(listener, instanceTexts);
  }

  get counts() {
    const counts = new Map();
    for (const { segment } of this.used) counts.set(segment.label, (counts.get(segment.label) ?? 0) + 1);
    return counts;
  }

  get selectedId() {
    return this.#current !== undefined && this.#current <= this.segments.length ? this.#current : undefined;
  }

  /**
   * @param {import('../drawing/geometry.js').Size} size
   * @param {import('./segmentation-bench.js').State} [state]
   */
  open(size, state) {
    this.#current = undefined;
    super.open(size, state);
  }

  /** What is painted next is a new instance of this label. @param {string|undefined} label */
  chooseLabel(label) {
    this.#current = undefined;
    super.chooseLabel(label);
  }

  /** Begin a new instance of the label in hand. */
  begins() {
    this.#current = undefined;
    this.erase(false);
    this.listener.say(this.t('said.new', { label: this.label }));
  }

  segmentInHand() {
    this.#current = this.selectedId ?? this.newSegment();
    return this.#current;
  }

  /**
   * Continue with an instance.
   * @param {number|undefined} id
   * @param {boolean} seen whether the whole instance must be brought into sight, as large as can be seen
   */
  select(id, seen = false) {
    if (id === undefined || Number.isNaN(id) || id > this.segments.length) return;
    this.#current = id;
    this.label = this.segments[id - 1].label;
    const bounds = seen ? boundsOf(this.state.tiles, id, this.size) : undefined;
    if (bounds) this.show(bounds);
    this.listener.repaint();
  }

  /** Show the selected instance as large as possible; without one, the whole image. */
  zoomToSelected() {
    const bounds = this.selectedId === undefined ? undefined : boundsOf(this.state.tiles, this.selectedId, this.size);
    if (bounds) this.zoomTo(bounds);
    else this.fit();
  }

  /** Delete the instance that is being painted. */
  remove() {
    const id = this.selectedId;
    if (id === undefined) return;
    this.#current = undefined;
    this.eraseSegments((segment) => segment === id, this.t('said.removed', { label: this.segments[id - 1].label }));
    this.follow();
  }

  deselect() {
    if (!this.painting && !this.erasing) this.#current = undefined;
    super.deselect();
    this.follow();
  }
}
