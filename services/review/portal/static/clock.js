/** The time left for a task, counted from when the page came. */

/** @param {number} seconds */
export const asClock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, index) => (index ? String(part).padStart(2, '0') : String(part))).join(':');
};

/**
 * Show the time left in an element, every second, and say when it is over.
 * @param {HTMLElement} element
 * @param {number} seconds
 * @param {() => void} onOver
 */
export const countDown = (element, seconds, onOver) => {
  const end = performance.now() + seconds * 1000;
  const tick = () => {
    const left = (end - performance.now()) / 1000;
    element.textContent = asClock(left);
    element.parentElement?.classList.toggle('short', left < 60);
    if (left > 0) return;
    clearInterval(timer);
    onOver();
  };
  const timer = setInterval(tick, 1000);
  tick();
};
