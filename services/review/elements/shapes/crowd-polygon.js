import { createKit } from './kit.js';
import { PathTool } from './path-tool.js';
import { polygonTexts } from './texts.js';

/**
 * Draw labelled outlines on an image. Edges of one outline never cross.
 *
 * `initial-value` is a list of outlines. Answer: `{polygons: [{label, vertices: [{x, y}]}], inputImageProperties: {width,
 * height}}` in whole pixels of the image itself, and with an initial value `initialValueModified`.
 */
export class CrowdPolygon extends PathTool {
  static kit = createKit({ list: 'polygons', closed: true, least: 3, most: 10_000, simple: true }, polygonTexts);
}
