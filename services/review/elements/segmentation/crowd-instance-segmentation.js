import { DrawingTool } from '../drawing/drawing-tool.js';
import { instanceAnswer } from './answers.js';
import { hand } from './hand.js';
import { initialReader, instanceSegments } from './initial.js';
import { InstanceBench } from './instance-bench.js';
import { INSTANCE_GESTURES, INSTANCE_SHORTCUTS } from './keyboard.js';
import { SegmentationLayer } from './segmentation-layer.js';
import { segmentationStyles } from './styles.js';
import { instanceTexts } from './texts.js';
import { INSTANCE_TOOLS } from './tools.js';

/**
 * Paint every single object of an image, each with its label and a colour of its own.
 *
 * `initial-value`: `{instances: [{color, label}], src}`. Answer: `{instances, labeledImage: {pngImageData},
 * inputImageProperties}`; the PNG (base64) has the image's own size, each pixel exactly the colour of its thing or nothing.
 */
export class CrowdInstanceSegmentation extends DrawingTool {
  static styles = [...DrawingTool.styles, segmentationStyles];
  /** @type {import('../drawing/drawing-tool.js').Kit} */
  static kit = {
    t: instanceTexts,
    createBench: (listener) => new InstanceBench(listener),
    createLayer: (root) => new SegmentationLayer(root, { tagged: true }),
    createAnswer: instanceAnswer,
    read: initialReader(instanceTexts, instanceSegments),
    hand,
    shortcuts: INSTANCE_SHORTCUTS,
    gestures: INSTANCE_GESTURES,
    tools: INSTANCE_TOOLS,
  };
}
