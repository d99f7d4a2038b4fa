import { elementStyles } from './theme.js';

/** Properties that scripts may set at any time, on all elements that have them. */
const COMMON_PROPERTIES = ['name', 'disabled', 'required'];

/** @type {WeakMap<Function, HTMLTemplateElement>} */
const templates = new WeakMap();

/**
 * The parsed shadow tree of a class; parsed once.
 * @param {typeof CrowdElement} type
 * @returns {DocumentFragment}
 */
const shadowTree = (type) => {
  let template = templates.get(type);
  if (!template) {
    template = document.createElement('template');
    template.innerHTML = type.template;
    templates.set(type, template);
  }
  return /** @type {DocumentFragment} */ (template.content.cloneNode(true));
};

/**
 * What all elements share: an open shadow root, and one AbortController for each time on the page,
 * whose signal removes every listener.
 */
export class CrowdElement extends HTMLElement {
  /** Markup of the shadow root: a constant, never made from data. */
  static template = '<slot></slot>';
  /** @type {CSSStyleSheet[]} */
  static styles = [];
  static delegatesFocus = false;
  /** Properties that a script of the page may have set before the element was upgraded. @type {string[]} */
  static liveProperties = [];

  /** @type {AbortController|null} */
  #lifetime = null;

  constructor() {
    super();
    const type = new.target;
    const root = this.attachShadow({ mode: 'open', delegatesFocus: type.delegatesFocus });
    root.adoptedStyleSheets = [elementStyles, ...type.styles];
    root.append(shadowTree(type));
  }

  connectedCallback() {
    this.#lifetime?.abort();
    this.#lifetime = new AbortController();
    this.#adoptEarlyProperties();
    this.connected(this.#lifetime.signal);
  }

  disconnectedCallback() {
    this.#lifetime?.abort();
    this.#lifetime = null;
  }

  /**
   * Start listening; the signal ends when the element leaves the page.
   * @param {AbortSignal} _signal
   */
  connected(_signal) {}

  /**
   * The one element of the shadow root that the selector names.
   * @param {string} selector
   * @returns {any} the element; `any`, since only the template, which is a text, says which type it is
   */
  part$(selector) {
    const found = this.shadowRoot?.querySelector(selector);
    if (!found) throw new Error(`<${this.localName}> has no "${selector}" in its shadow tree`);
    return found;
  }

  #adoptEarlyProperties() {
    const type = /** @type {typeof CrowdElement} */ (this.constructor);
    for (const name of new Set([...COMMON_PROPERTIES, ...type.liveProperties])) {
      if (!Object.hasOwn(this, name) || !(name in type.prototype)) continue;
      const value = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }
}
