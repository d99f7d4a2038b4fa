/**
 * @typedef {import('./geometry.js').Size} Size
 * @typedef {{inputImageProperties: Size, initialValueModified?: boolean} & Record<string, unknown>} Answer
 */

/**
 * The answer as one object that stays the same: pages keep references to it, and what they write on a shape stays.
 * @template Shape
 */
export class LiveAnswer {
  /** @type {Record<string, unknown>[]} */
  #list = [];
  /** @type {Answer} */
  value;
  /** @type {Map<number, Record<string, unknown>>} */
  #written = new Map();
  #write;

  /**
   * @param {string} name of the answer's list, such as "boundingBoxes"
   * @param {(shape: Shape) => Record<string, unknown>} write what the list says about a shape, beside its label
   */
  constructor(name, write) {
    this.value = { [name]: this.#list, inputImageProperties: { width: 0, height: 0 } };
    this.#write = write;
  }

  /**
   * Update the object to what is drawn.
   * @param {import('./shape-bench.js').ShapeBench<Shape>} bench
   * @param {boolean} hasInitialValue
   */
  update(bench, hasInitialValue) {
    this.#written = new Map(bench.annotations.items.map((item) => [item.id, this.#one(item)]));
    this.#list.length = 0;
    for (const each of this.#written.values()) this.#list.push(each);
    const { width, height } = bench.size;
    Object.assign(this.value.inputImageProperties, { width, height });
    if (hasInitialValue) this.value.initialValueModified = bench.modified;
    else delete this.value.initialValueModified;
  }

  /** @param {import('./annotations.js').Annotation<Shape>} annotation */
  #one({ id, label, shape }) {
    return Object.assign(this.#written.get(id) ?? {}, { label, ...this.#write(shape) });
  }
}
