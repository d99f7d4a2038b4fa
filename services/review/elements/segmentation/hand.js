import { toImage } from '../drawing/viewport.js';

/**
 * What the pointer does: it paints, or chooses the instance when a finger or mouse is over a tag.
 * @type {import('../drawing/pointer.js').Hand<import('./segmentation-bench.js').SegmentationBench>}
 */
export const hand = {
  begin(bench, press) {
    const tag = tagAt(press.event);
    if (tag) return { move: () => {}, finish: () => bench.select(Number(tag.dataset.id)), cancel: () => {} };
    if (!bench.begin(toImage(bench.view, press.at))) return undefined;
    return {
      move: (to) => bench.drawTo(toImage(bench.view, to)),
      finish: () => bench.lift(),
      cancel: () => bench.cancel(),
    };
  },
  look: (bench, press) => ({ cursor: tagAt(press.event) ? 'pointer' : bench.outlining ? 'crosshair' : 'none' }),
};

/** @param {PointerEvent} event */
const tagAt = (event) => /** @type {HTMLElement|undefined} */ (
  event.composedPath().find((target) => target instanceof HTMLElement && target.classList.contains('tag'))
);
