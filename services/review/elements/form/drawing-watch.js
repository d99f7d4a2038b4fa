/** Tells whether something is being drawn that is not yet in an answer: a pointer is down, or an outline is not closed. */
export class DrawingWatch {
  #tools;
  #tell;
  #isPressed = false;
  #last = false;

  /**
   * @param {() => Iterable<Element & {validationMessage?: string}>} tools the tools of the form
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
    // After the tool itself has received the event and reported its change.
    const release = () => setTimeout(() => {
      this.#isPressed = false;
      this.#look();
    });
    const options = { signal, capture: true };
    window.addEventListener('pointerdown', press, options);
    for (const kind of ['pointerup', 'pointercancel', 'keyup', 'blur']) window.addEventListener(kind, release, options);
  }

  #look() {
    const drawing = this.#isPressed || Array.from(this.#tools()).some((tool) => tool.validationMessage);
    if (drawing === this.#last) return;
    this.#last = drawing;
    this.#tell(drawing);
  }
}
