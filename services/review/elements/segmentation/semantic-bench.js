import { SegmentationBench } from './segmentation-bench.js';
import { semanticTexts } from './texts.js';

/** Every label is one segment, for any number of objects. */
export class SemanticBench extends SegmentationBench {
  /** @param {import('../drawing/bench.js').Listener} listener */
  constructor(listener) {
    super(listener, semanticTexts);
  }

  /** How much of the image each label covers, in whole per cent. @returns {Map<string, number|string>} */
  get counts() {
    const all = this.size.width * this.size.height;
    return new Map(this.used.map(({ segment, pixels }) => [segment.label, share(pixels / all)]));
  }

  segmentInHand() {
    const index = this.segments.findIndex(({ label }) => label === this.label);
    return index < 0 ? this.newSegment() : index + 1;
  }

  colourPlace() {
    return Math.max(0, this.labels.indexOf(this.label));
  }
}

/** @param {number} part */
const share = (part) => (part < 0.01 ? '< 1 %' : `${Math.round(part * 100)} %`);
