/** The time left for a task: by the server's deadline and the wall clock, which goes on while a laptop sleeps. */

const WARNINGS_SECONDS = [120, 30];

/** @param {number} seconds */
export const asClock = (seconds) => {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, index) => (index ? String(part).padStart(2, '0') : String(part))).join(':');
};

/** Shows the time left, warns twice, and reports once when it has ended. */
export class TaskClock {
  #element;
  #on;
  /** Milliseconds of Date.now() at which the time ends. */
  #end = Infinity;
  #before = Infinity;
  #over = false;

  /**
   * @param {HTMLElement} element
   * @param {{warn: (seconds: number) => void, over: () => void}} on
   */
  constructor(element, on) {
    this.#element = element;
    this.#on = on;
    setInterval(() => this.#tick(), 1000);
    document.addEventListener('visibilitychange', () => this.#tick());
    window.addEventListener('pageshow', () => this.#tick());
  }

  get isOver() {
    return this.#over;
  }

  /**
   * Start the clock for a task.
   * @param {{now: number, deadline: number}} task both by the server's clock, in milliseconds
   */
  start({ now, deadline }) {
    this.#end = Date.now() + (deadline - now);
    this.#before = Infinity;
    this.#over = false;
    this.#tick();
  }

  /** The server says that the time has ended, even if this clock differs. */
  finish() {
    this.#over = true;
    this.#end = Date.now();
    this.#tick();
  }

  #tick() {
    const left = (this.#end - Date.now()) / 1000;
    this.#element.textContent = asClock(left);
    const bar = this.#element.parentElement;
    bar?.classList.toggle('soon', left <= WARNINGS_SECONDS[0]);
    bar?.classList.toggle('short', left <= WARNINGS_SECONDS[1]);
    const passed = WARNINGS_SECONDS.filter((mark) => left <= mark && this.#before > mark && this.#before !== Infinity);
    this.#before = left;
    if (left <= 0 && !this.#over) {
      this.#over = true;
      this.#on.over();
    } else if (left > 0 && passed.length > 0) {
      this.#on.warn(Math.min(...passed));
    }
  }
}
