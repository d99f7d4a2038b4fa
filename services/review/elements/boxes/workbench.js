import { ShapeBench } from '../drawing/shape-bench.js';
import { visible } from '../drawing/viewport.js';
import { isEmpty, middle, move, same } from './box.js';
import { resize } from './handles.js';
import { t } from './texts.js';

const NEW_BOX_SHARE = 0.3;
/** The distance between boxes that keys create one after the other, in image pixels. */
const CASCADE = 12;

/**
 * Everything that can be done to boxes.
 * @typedef {import('./box.js').Box} Box
 * @extends {ShapeBench<Box>}
 */
export class Workbench extends ShapeBench {
  /** @param {import('../drawing/bench.js').Listener} listener */
  constructor(listener) {
    super(listener, t, { same, move, bounds: (box) => box });
  }

  /** Add a box of the label in hand. @param {Box} box */
  add(box) {
    if (!isEmpty(box)) super.add(box);
  }

  /** Add a box in the middle of the visible part, beside an existing one. */
  addInMiddle() {
    if (!this.ready) return;
    let box = middle(visible(this.view, this.stage, this.size), NEW_BOX_SHARE);
    for (const _ of this.annotations.items) {
      if (!this.annotations.items.some((item) => same(item.shape, box))) break;
      box = move(box, { x: CASCADE, y: CASCADE }, this.size);
    }
    this.show(box);
    this.add(box);
  }

  /**
   * Move one edge (or corner) of the selected box.
   * @param {import('./handles.js').Handle} handle
   * @param {import('./box.js').Point} delta
   */
  stretch(handle, delta) {
    const { selected } = this.annotations;
    if (!selected) return;
    const box = resize(selected.shape, handle, delta, this.size);
    if (!isEmpty(box)) this.placeByKey(box, `stretch ${handle}`, t('said.place', { ...box }));
  }
}
