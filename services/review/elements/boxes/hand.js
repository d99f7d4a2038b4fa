import { tagUnder } from '../drawing/tags.js';
import { toImage } from '../drawing/viewport.js';
import { drawing, moving, resizing } from './gestures.js';
import { cursor } from './handles.js';
import { hit, smallestAround } from './hit.js';

/**
 * What the pointer does with boxes.
 * @typedef {import('../drawing/pointer.js').Press} Press
 * @typedef {import('./workbench.js').Workbench} Workbench
 * @type {import('../drawing/pointer.js').Hand<Workbench>}
 */
export const hand = {
  begin(bench, press) {
    if (press.event.shiftKey) return drawing(bench, press);
    const found = under(bench, press);
    if (found.what === 'image') return drawing(bench, press);
    if (found.what === 'handle') return resizing(bench, found.annotation, found.handle, press);
    if (bench.selectedId !== found.annotation.id) bench.select(found.annotation.id);
    return moving(bench, found.annotation, press);
  },

  look(bench, press) {
    const found = under(bench, press);
    if (found.what === 'handle') return { cursor: cursor(found.handle), id: found.annotation.id };
    if (found.what === 'box') {
      return { cursor: found.annotation.id === bench.selectedId ? 'move' : 'pointer', id: found.annotation.id };
    }
    return { cursor: 'crosshair', id: smallestAround(bench.annotations.items, toImage(bench.view, press.at))?.id };
  },
};

/**
 * What a press would take; hidden boxes cannot be taken.
 * @param {Workbench} bench
 * @param {Press} press
 * @returns {import('./hit.js').Hit}
 */
const under = (bench, press) => {
  if (bench.hidden) return { what: 'image' };
  const tagged = bench.annotations.find(tagUnder(press.event));
  if (tagged) return { what: 'box', annotation: tagged };
  const { annotations, view } = bench;
  return hit(annotations.items, annotations.selected, toImage(view, press.at), press.reach / view.scale);
};
