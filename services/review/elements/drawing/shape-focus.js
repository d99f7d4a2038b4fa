/**
 * The focus on the shapes of a tool: it follows the selection, and a shape that gets the focus is selected and shown.
 * @template {import('./bench.js').Bench} Bench
 */
export class ShapeFocus {
  #bench;
  #place;
  /** Whether the focus goes where a command of the tool sends it. */
  #following = false;
  /** Whether Tab is being pressed. */
  #tabbing = false;

  /**
   * @param {Bench} bench
   * @param {object} place
   * @param {() => void} place.paint
   * @param {() => boolean} place.pressed whether a button or a finger is down on the stage
   * @param {() => HTMLElement|SVGElement} place.selected the element of the selected shape, or else the stage
   */
  constructor(bench, place) {
    this.#bench = bench;
    this.#place = place;
  }

  /** @param {HTMLElement} shapes @param {AbortSignal} signal */
  connect(shapes, signal) {
    shapes.addEventListener('focusin', (event) => this.#onFocus(event), { signal });
    const options = { signal, capture: true };
    document.addEventListener('keydown', (event) => { this.#tabbing = event.key === 'Tab'; }, options);
    document.addEventListener('keyup', () => { this.#tabbing = false; }, options);
  }

  /** Move the focus to the selected shape, whose element may have to be created first; else to the stage. */
  follow() {
    this.#place.paint();
    this.#following = true;
    this.#place.selected().focus({ preventScroll: true });
    this.#following = false;
  }

  /**
   * A shape that gets the focus by Tab is shown, wherever the view was before. A pressed shape is already visible, and
   * must stay under the pointer; one that gets the focus back from a dialog or another window moves nothing.
   * @param {FocusEvent} event
   */
  #onFocus(event) {
    const { target } = event;
    if (this.#following || !(target instanceof HTMLElement || target instanceof SVGElement)) return;
    const id = Number(target.dataset.id);
    if (this.#place.pressed()) {
      if (this.#bench.selectedId !== id) this.#bench.select(id);
      return;
    }
    if (this.#bench.selectedId === id && !this.#tabbing) return;
    this.#bench.select(id, true);
    this.#place.paint();
    target.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}
