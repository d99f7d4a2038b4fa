/** Tells whether something is being drawn that is in no answer yet: a pointer is down, or an outline is not closed. */
export class DrawingWatch {
  #tools;
  #tell;
  #isPressed = false;
  #last = false;

  /**
   * @param {() => Iterable<any>} tools the tools of the form
   * @param {(drawing: boolean) => void} tell hears each change
   */
  constructor(tools, tell) {
    this.#tools = tools;
    this.#tell = tell;
  }

  /** @param {AbortSignal} signal */
  watch(signal) {
    const press = (/** @type {PointerEvent} */ event) => {
      this.#isPressed = Array.from(this.#tools()).some((tool) => event.composedPath().includes(tool));
      this.#look();
    };
    const release = () => {
      this.#isPressed = false;
      this.#look();
    };
    window.addEventListener('pointerdown', press, { signal });
    for (const kind of ['pointerup', 'pointercancel', 'keyup', 'blur']) window.addEventListener(kind, release, { signal });
  }

  #look() {
    const drawing = this.#isPressed || Array.from(this.#tools()).some((tool) => tool.validationMessage);
    if (drawing === this.#last) return;
    this.#last = drawing;
    this.#tell(drawing);
  }
}
