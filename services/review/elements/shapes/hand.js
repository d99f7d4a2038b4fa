import { tagUnder } from '../drawing/tags.js';
import { toImage } from '../drawing/viewport.js';
import { bending, moving, placing, splitting } from './gestures.js';
import { hit } from './hit.js';

/**
 * What the pointer does with paths.
 * @typedef {import('../drawing/pointer.js').Press} Press
 * @typedef {import('./path-bench.js').PathBench} PathBench
 * @type {import('../drawing/pointer.js').Hand<PathBench>}
 */
export const hand = {
  begin(bench, press) {
    const found = under(bench, press);
    if (found.what === 'image') return placing(bench, press);
    const { annotation } = found;
    if (found.what === 'inside') return moving(bench, annotation, press, () => bench.put(toImage(bench.view, press.at)));
    if (bench.selectedId !== annotation.id) bench.select(annotation.id);
    if (found.what === 'vertex') return bending(bench, annotation, found.index, press);
    if (found.what === 'edge') return splitting(bench, annotation, found.index, press);
    return moving(bench, annotation, press, () => bench.takeVertex(undefined));
  },

  look(bench, press) {
    const found = under(bench, press);
    if (found.what === 'image') {
      const ends = bench.endsAt(toImage(bench.view, press.at), press.reach / bench.view.scale);
      return { cursor: ends ? 'pointer' : 'crosshair' };
    }
    const { what, annotation: { id } } = found;
    if (what === 'inside') return { cursor: 'crosshair', id };
    if (what === 'edge') return { cursor: 'copy', id };
    return { cursor: id === bench.selectedId ? 'move' : 'pointer', id };
  },
};

/**
 * What a press would take: nothing hidden, and nothing while a path is being drawn.
 * @param {PathBench} bench
 * @param {Press} press
 * @returns {import('./hit.js').Hit}
 */
const under = (bench, press) => {
  if (bench.hidden || bench.drawing || press.event.shiftKey) return { what: 'image' };
  const { annotations, kind, view } = bench;
  const tagged = annotations.find(tagUnder(press.event));
  if (tagged) return { what: 'shape', annotation: tagged };
  return hit(kind, annotations.items, annotations.selected, toImage(view, press.at), press.reach / view.scale);
};
