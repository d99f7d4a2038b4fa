import { colour, textColour } from '../drawing/colours.js';
import { svg } from './elements.js';
import { Marks } from './marks.js';
import { outline } from './outline.js';

/**
 * @typedef {import('../drawing/annotations.js').Annotation<Path>} Annotation
 * @typedef {import('./path.js').Path} Path
 * @typedef {import('./path-bench.js').PathBench} PathBench
 * @typedef {object} Look all that shows of one path
 * @property {Annotation} annotation
 * @property {Path} shape where it is drawn: away from the annotation while it is dragged
 * @property {string} paint
 * @property {string} ink a colour that is readable on the paint
 * @property {boolean} selected
 * @property {boolean} hovered
 * @property {number} index
 * @property {number} count
 * @property {number} scale
 * @property {boolean} below whether the tag must be below, because there is no room above
 * @typedef {{path: SVGGElement, tag: HTMLElement, look: Look|undefined}} Part
 */

const TAG_HEIGHT = 26;

/** Draws the paths over the image: one focusable element a path, in the page's own order. Only what changed is touched. */
export class PathLayer {
  #scene = svg('g');
  #paths = svg('g');
  #tags = document.createElement('div');
  #marks;
  /** @type {Map<number, Part>} */
  #shown = new Map();
  #scale = 0;

  /**
   * @param {HTMLElement} root
   * @param {import('./path.js').Kind} kind
   */
  constructor(root, kind) {
    const picture = svg('svg', `paths ${kind.most === 1 ? 'points' : kind.closed ? 'outlines' : 'lines'}`);
    this.#tags.className = 'tags';
    this.#marks = new Marks(this.#scene, root);
    this.#scene.prepend(this.#paths);
    picture.append(this.#scene);
    root.append(picture, this.#tags);
  }

  /** The element of a path. @param {number|undefined} id */
  element(id) {
    return id === undefined ? undefined : this.#shown.get(id)?.path;
  }

  /** @param {PathBench} bench */
  paint(bench) {
    const { items } = bench.annotations;
    if (this.#scale !== bench.view.scale) this.#scene.setAttribute('transform', `scale(${bench.view.scale})`);
    this.#scale = bench.view.scale;
    const places = new Map(bench.labels.map((label, index) => [label, index]));
    this.#dropAllBut(items);
    items.forEach((annotation, index) => {
      const look = { ...lookOf(bench, annotation, places.get(annotation.label) ?? -1), index, count: items.length };
      dress(bench, this.#partOf(annotation, index), look);
    });
    this.#marks.paint(bench);
  }

  /** @param {readonly Annotation[]} items */
  #dropAllBut(items) {
    const kept = new Set(items.map((item) => item.id));
    for (const [id, { path, tag }] of this.#shown) {
      if (kept.has(id)) continue;
      path.remove();
      tag.remove();
      this.#shown.delete(id);
    }
  }

  /**
   * @param {Annotation} annotation
   * @param {number} index
   * @returns {Part}
   */
  #partOf({ id }, index) {
    const part = this.#shown.get(id) ?? createPart(id);
    this.#shown.set(id, part);
    // An element that is already in its place must stay untouched: moving it would take the focus away.
    if (this.#paths.children[index] !== part.path) this.#paths.insertBefore(part.path, this.#paths.children[index] ?? null);
    if (!part.tag.isConnected) this.#tags.append(part.tag);
    return part;
  }
}

/** @param {number} id @returns {Part} */
const createPart = (id) => {
  const path = svg('g', 'path');
  path.setAttribute('tabindex', '0');
  path.setAttribute('role', 'button');
  path.append(svg('path', 'halo'), svg('path', 'stroke'));
  const tag = document.createElement('span');
  tag.className = 'tag';
  tag.dir = 'auto';
  for (const each of [path, tag]) each.dataset.id = String(id);
  return { path, tag, look: undefined };
};

/**
 * @param {PathBench} bench
 * @param {Annotation} annotation
 * @param {number} place of its label
 */
const lookOf = ({ colours, draft, hoveredId, selectedId, view }, annotation, place) => {
  const { id } = annotation;
  const shape = draft?.id === id ? draft.shape : annotation.shape;
  return {
    annotation,
    shape,
    paint: colour(place, colours),
    ink: textColour(place, colours),
    selected: selectedId === id,
    hovered: hoveredId === id,
    scale: view.scale,
    below: highest(shape).y * view.scale + view.y < TAG_HEIGHT,
  };
};

/** The vertex by which the tag stands. @param {Path} path */
const highest = (path) => {
  let [found] = path;
  for (const point of path) if (point.y < found.y) found = point;
  return found;
};

/**
 * Update the elements of a path to its current look.
 * @param {PathBench} bench
 * @param {Part} part
 * @param {Look} look
 */
const dress = (bench, part, look) => {
  const { path, tag, look: before } = part;
  for (const each of [path, tag]) {
    if (before?.paint !== look.paint) each.style.setProperty('--colour', look.paint);
    if (before?.ink !== look.ink) each.style.setProperty('--text', look.ink);
    if (before?.selected !== look.selected) each.classList.toggle('selected', look.selected);
    if (before?.hovered !== look.hovered) each.classList.toggle('hovered', look.hovered);
  }
  if (before?.selected !== look.selected) path.setAttribute('aria-pressed', String(look.selected));
  if (before?.shape !== look.shape) for (const line of path.children) line.setAttribute('d', outline(look.shape, bench.kind.closed));
  if (before?.shape !== look.shape || before.scale !== look.scale) put(tag, look);
  if (before?.below !== look.below) tag.classList.toggle('below', look.below);
  if (before?.annotation !== look.annotation || before.index !== look.index || before.count !== look.count) describe(bench, part, look);
  part.look = look;
};

/** @param {HTMLElement} tag @param {Look} look */
const put = (tag, { shape, scale }) => {
  const { x, y } = highest(shape);
  tag.style.transform = `translate(${x * scale}px, ${y * scale}px)`;
};

/**
 * @param {PathBench} bench
 * @param {Part} part
 * @param {Look} look
 */
const describe = ({ t }, { path, tag }, { annotation, index, count }) => {
  const { label, shape, score } = annotation;
  const percent = score === undefined ? '' : Math.round(score);
  const name = t('shape.name', { label, index: index + 1, count, vertices: shape.length, x: shape[0].x, y: shape[0].y });
  path.setAttribute('aria-roledescription', t('shape'));
  path.setAttribute('aria-label', score === undefined ? name : t('shape.guess', { name, score: percent }));
  for (const each of [path, tag]) each.classList.toggle('guess', score !== undefined);
  tag.textContent = score === undefined ? label : t('guess', { label, score: percent });
};
