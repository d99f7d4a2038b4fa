/** What the tool says: read aloud for people who cannot see, in a warning over the image, and in remarks below it. */
export class Notices {
  #said;
  #warning;
  #remark;
  #remarks;
  #tally;

  /** @param {import('../base/element.js').CrowdElement} host */
  constructor(host) {
    this.#said = host.part$('#said');
    this.#warning = host.part$('.warning');
    this.#remark = host.part$('.remark');
    this.#remarks = host.part$('.remarks');
    this.#tally = host.part$('.tally');
  }

  /** @param {string} sentence */
  say(sentence) {
    this.#said.textContent = sentence;
  }

  /** @param {string} sentence '' takes the last one away */
  warn(sentence) {
    this.#warning.hidden = sentence === '';
    if (this.#warning.textContent !== sentence) this.#warning.textContent = sentence;
  }

  /** @param {string[]} remarks an empty list removes the last ones */
  remark(remarks) {
    this.#remark.hidden = remarks.length === 0;
    this.#remarks.textContent = remarks.join(' ');
  }

  /**
   * @param {string} tally
   * @param {boolean} empty whether it says that nothing is drawn
   */
  count(tally, empty) {
    if (this.#tally.textContent === tally) return;
    this.#tally.textContent = tally;
    this.#tally.classList.toggle('none', empty);
  }
}
