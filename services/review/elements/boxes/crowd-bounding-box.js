import { DrawingTool } from '../drawing/drawing-tool.js';
import { createAnswer, readBoxes } from './answer.js';
import { hand } from './hand.js';
import { GESTURES, SHORTCUTS } from './keyboard.js';
import { BoxLayer } from './layer.js';
import { boxStyles } from './styles.js';
import { t } from './texts.js';
import { TOOLS } from './tools.js';
import { Workbench } from './workbench.js';

/**
 * Draw labelled boxes on an image.
 *
 * `initial-value` is a list of boxes; one of a model may have a `score` (or `confidence`), 0 to 1 or 0 to 100, which is
 * shown until the box is touched. Answer: `{boundingBoxes: [{label, left, top, width, height}], inputImageProperties:
 * {width, height}}` in whole pixels of the image itself, and with an initial value `initialValueModified`.
 */
export class CrowdBoundingBox extends DrawingTool {
  static styles = [...DrawingTool.styles, boxStyles];
  /** @type {import('../drawing/drawing-tool.js').Kit} */
  static kit = {
    t,
    createBench: (listener) => new Workbench(listener),
    createLayer: (root) => new BoxLayer(root),
    createAnswer,
    read: readBoxes,
    hand,
    shortcuts: SHORTCUTS,
    gestures: GESTURES,
    tools: TOOLS,
  };
}
