/**
 * @typedef {import('./segmentation-bench.js').SegmentationBench} SegmentationBench
 * @typedef {import('./segmentation-bench.js').Segment} Segment
 */

/** The answer as one object that stays the same; its picture is made when a script reads it. */
class MaskAnswer {
  /** @type {SegmentationBench|undefined} */
  #bench;
  /** @type {Record<string, unknown> & {inputImageProperties: import('../drawing/geometry.js').Size}} */
  value;
  #write;

  /**
   * @param {Record<string, unknown>} empty
   * @param {(segments: Segment[]) => Record<string, unknown>} write what the answer says about the segments that have
   * pixels
   */
  constructor(empty, write) {
    const bench = () => this.#bench;
    const labeledImage = {
      get pngImageData() {
        return bench()?.picture.png ?? '';
      },
    };
    this.value = { ...empty, labeledImage, inputImageProperties: { width: 0, height: 0 } };
    this.#write = write;
  }

  /**
   * @param {SegmentationBench} bench
   * @param {boolean} hasInitialValue
   */
  update(bench, hasInitialValue) {
    this.#bench = bench;
    const { size, state, used, picture } = bench;
    picture.show(size, state.tiles, state.segments.map(({ color }) => color));
    Object.assign(this.value, this.#write(used.map(({ segment }) => segment)));
    Object.assign(this.value.inputImageProperties, size);
    if (hasInitialValue) this.value.initialValueModified = bench.modified;
    else delete this.value.initialValueModified;
  }
}

/** `{labelMappings: {label: {color}}, labeledImage: {pngImageData}, inputImageProperties}` */
export const semanticAnswer = () => new MaskAnswer({ labelMappings: {} }, (segments) => ({
  labelMappings: Object.fromEntries(segments.map(({ label, color }) => [label, { color }])),
}));

/** `{instances: [{color, label}], labeledImage: {pngImageData}, inputImageProperties}` */
export const instanceAnswer = () => new MaskAnswer({ instances: [] }, (segments) => ({
  instances: segments.map(({ label, color }) => ({ color, label })),
}));
