import { createKit } from './kit.js';
import { PathTool } from './path-tool.js';
import { keypointTexts } from './texts.js';

/**
 * Put labelled points on an image.
 *
 * `initial-value` is a list of points. Answer: `{keypoints: [{label, x, y}], inputImageProperties: {width, height}}` in
 * whole pixels of the image itself, and with an initial value `initialValueModified`.
 */
export class CrowdKeypoint extends PathTool {
  static kit = createKit({ list: 'keypoints', closed: false, least: 1, most: 1, simple: false }, keypointTexts);
}
