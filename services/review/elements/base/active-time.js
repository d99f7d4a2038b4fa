/** After this long without a key, a pointer or a scroll, a person counts as away. */
const IDLE_AFTER_SECONDS = 60;
const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'scroll', 'touchstart', 'focus'];

/** Counts the seconds a person was really at work: pauses and hidden pages are left out. */
export class ActiveTime {
  #clock;
  #visible = true;
  #seconds = 0;
  #countedUntil;
  #lastSign;

  /** @param {() => number} clock seconds, steadily growing */
  constructor(clock = () => performance.now() / 1000) {
    this.#clock = clock;
    this.#countedUntil = clock();
    this.#lastSign = this.#countedUntil;
  }

  /** The active seconds so far. */
  get seconds() {
    this.#count();
    return this.#seconds;
  }

  /**
   * Start again from a time that was counted elsewhere.
   * @param {number} seconds
   */
  restart(seconds) {
    this.#seconds = seconds;
    this.#countedUntil = this.#clock();
    this.#lastSign = this.#countedUntil;
  }

  /** A person did something. */
  touch() {
    this.#count();
    this.#lastSign = this.#clock();
    this.#countedUntil = this.#lastSign;
  }

  /**
   * The page was shown or hidden.
   * @param {boolean} visible
   */
  show(visible) {
    this.#count();
    this.#visible = visible;
    if (visible) this.touch();
  }

  /**
   * Follow a window until the signal ends.
   * @param {Window} page
   * @param {AbortSignal} signal
   */
  watch(page, signal) {
    const options = { signal, passive: true, capture: true };
    for (const kind of SIGNS_OF_LIFE) page.addEventListener(kind, () => this.touch(), options);
    const follow = () => this.show(page.document.visibilityState === 'visible');
    page.document.addEventListener('visibilitychange', follow, { signal });
    follow();
  }

  #count() {
    const until = Math.min(this.#clock(), this.#lastSign + IDLE_AFTER_SECONDS);
    if (until <= this.#countedUntil) return;
    if (this.#visible) this.#seconds += until - this.#countedUntil;
    this.#countedUntil = until;
  }
}
