import { items, member, members } from '../base/json.js';
import { colour } from '../drawing/colours.js';

/** @typedef {{label: string, left: number, top: number, width: number, height: number}} Box pixels of the image */
/** What is shown over an image. @typedef {{boxes: {box: Box, index: number}[], mask: string, legend: {label: string, paint: string}[]}} Drawing */

/**
 * Read one of the three forms: `boundingBox`, `semanticSegmentation`, `instanceSegmentation`.
 * @param {unknown} overlay
 * @returns {Drawing|null}
 * @throws {TypeError} if it is none of them
 */
export const readOverlay = (overlay) => {
  if (overlay === undefined || overlay === null) return null;
  const [boxes, semantic, instance] = ['boundingBox', 'semanticSegmentation', 'instanceSegmentation'].map((form) => member(overlay, form));
  if (boxes) return readBoxes(boxes);
  if (semantic) {
    const legend = members(member(semantic, 'labelMappings')).map(([label, look]) => ({ label, paint: String(member(look, 'color')) }));
    return { boxes: [], mask: String(member(semantic, 'src') ?? ''), legend };
  }
  if (!instance) throw new TypeError('overlay: expected boundingBox, semanticSegmentation or instanceSegmentation');
  const legend = items(member(instance, 'instances')).map((one) => ({ label: String(member(one, 'label')), paint: String(member(one, 'color')) }));
  return { boxes: [], mask: String(member(instance, 'src') ?? ''), legend };
};

/** @param {unknown} overlay @returns {Drawing} */
const readBoxes = (overlay) => {
  const given = items(member(overlay, 'value')).map(toBox);
  const names = [...new Set([...items(member(overlay, 'labels')).map(String), ...given.map(({ label }) => label)])];
  const boxes = given.map((box) => ({ box, index: names.indexOf(box.label) }));
  return { boxes, mask: '', legend: names.map((label, index) => ({ label, paint: colour(index) })) };
};

/** @param {unknown} one @returns {Box} */
const toBox = (one) => {
  const [left, top, width, height] = ['left', 'top', 'width', 'height'].map((side) => Number(member(one, side)));
  return { label: String(member(one, 'label')), left, top, width, height };
};
