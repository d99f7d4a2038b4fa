import { createKit } from './kit.js';
import { ColouredPathTool } from './path-tool.js';
import { polylineTexts } from './texts.js';

/**
 * Draw labelled lines of two vertices or more on an image; they may cross themselves.
 *
 * `initial-value` is a list of lines, or `{polylines: [...]}`. Answer: `{polylines: [{label, vertices: [{x, y}]}],
 * inputImageProperties: {width, height}}` in whole pixels of the image itself, and with an initial value
 * `initialValueModified`.
 */
export class CrowdPolyline extends ColouredPathTool {
  static kit = createKit({ list: 'polylines', closed: false, least: 2, most: 10_000, simple: false }, polylineTexts);
}
