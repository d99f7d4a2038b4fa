import { DrawingTool } from '../drawing/drawing-tool.js';
import { semanticAnswer } from './answers.js';
import { hand } from './hand.js';
import { initialReader, semanticSegments } from './initial.js';
import { GESTURES, SHORTCUTS } from './keyboard.js';
import { SegmentationLayer } from './segmentation-layer.js';
import { SemanticBench } from './semantic-bench.js';
import { segmentationStyles } from './styles.js';
import { semanticTexts } from './texts.js';
import { TOOLS } from './tools.js';

/**
 * Paint each pixel of an image with its label.
 *
 * `initial-value`: `{labelMappings: {label: {color}}, src}`. Answer: `{labelMappings, labeledImage: {pngImageData},
 * inputImageProperties}`; the PNG (base64) has the image's own size, each pixel exactly the colour of its label or nothing.
 */
export class CrowdSemanticSegmentation extends DrawingTool {
  static styles = [...DrawingTool.styles, segmentationStyles];
  /** @type {import('../drawing/drawing-tool.js').Kit} */
  static kit = {
    t: semanticTexts,
    createBench: (listener) => new SemanticBench(listener),
    createLayer: (root) => new SegmentationLayer(root, { tagged: false }),
    createAnswer: semanticAnswer,
    read: initialReader(semanticTexts, semanticSegments),
    hand,
    shortcuts: SHORTCUTS,
    gestures: GESTURES,
    tools: TOOLS,
  };
}
