/** Whether there is an image to draw on, and whether the answer may be sent; if not, the form is held back, with the reason. */
export class Standing {
  #host;
  #failing = '';

  /** @param {import('../base/control.js').CrowdControl} host */
  constructor(host) {
    this.#host = host;
  }

  /** @param {string} complaint */
  loading(complaint) {
    this.#show('loading', complaint);
  }

  /**
   * @param {string} reason shown in place of the image
   * @param {string} complaint
   */
  failed(reason, complaint) {
    this.#host.part$('.reason').textContent = reason;
    this.#show('failure', complaint);
  }

  /** There is an image. */
  ready() {
    this.#show('', '');
  }

  /** Hold the form back until the started shape is finished; '' releases it. @param {string} unfinished */
  hold(unfinished) {
    this.#host.complain(this.#failing || unfinished);
  }

  /**
   * @param {string} state 'loading', 'failure' or ''
   * @param {string} failing
   */
  #show(state, failing) {
    this.#host.part$('.loading').hidden = state !== 'loading';
    this.#host.part$('.failure').hidden = state !== 'failure';
    this.#failing = failing;
    this.hold('');
  }
}
