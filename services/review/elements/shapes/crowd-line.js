import { createKit } from './kit.js';
import { ColouredPathTool } from './path-tool.js';
import { lineTexts } from './texts.js';

/**
 * Draw labelled lines of exactly two vertices on an image.
 *
 * `initial-value` is a list of lines, or `{lines: [...]}`. Answer: `{lines: [{label, vertices: [{x, y}, {x, y}]}],
 * inputImageProperties: {width, height}}` in whole pixels of the image itself, and with an initial value
 * `initialValueModified`.
 */
export class CrowdLine extends ColouredPathTool {
  static kit = createKit({ list: 'lines', closed: false, least: 2, most: 2, simple: false }, lineTexts);
}
