import { colour } from '../drawing/colours.js';
import { svg } from './elements.js';
import { hasMiddle } from './hit.js';
import { dots, outline } from './outline.js';
import { edges, ends, middle } from './path.js';

/**
 * @typedef {import('./path.js').Path} Path
 * @typedef {import('./path-bench.js').PathBench} PathBench
 */

/** How near the mouse must come to end a path, in CSS pixels: as the pointer's reach. */
const REACH = 8;

/** What is drawn over the paths: the vertices of the selected one, the path being drawn, the keyboard's cursor. */
export class Marks {
  #group = svg('g', 'marks');
  #sketch = line('sketch');
  #middles = line('middles');
  #vertices = line('vertices');
  #chosen = line('chosen');
  #cursor = document.createElement('div');
  /** @type {Map<SVGGElement, string>} */
  #written = new Map();

  /**
   * @param {SVGGElement} scene in pixels of the image
   * @param {HTMLElement} root in pixels of the screen
   */
  constructor(scene, root) {
    this.#group.append(this.#sketch, this.#middles, this.#vertices, this.#chosen);
    this.#group.setAttribute('aria-hidden', 'true');
    this.#cursor.className = 'cursor';
    this.#cursor.hidden = true;
    scene.append(this.#group);
    root.append(this.#cursor);
  }

  /** @param {PathBench} bench */
  paint(bench) {
    const { draft, kind, drawing } = bench;
    const { selected } = bench.annotations;
    const shape = draft && draft.id === selected?.id ? draft.shape : selected?.shape ?? [];
    const label = drawing ? bench.label : selected?.label ?? '';
    this.#group.style.setProperty('--colour', colour(bench.labels.indexOf(label), bench.colours));
    this.#paintDrawn(bench);
    this.#write(this.#vertices, drawing ? dots(bench.drawn) : dots(kind.most === 1 ? [] : shape));
    this.#write(this.#middles, drawing || draft || shape.length >= kind.most ? '' : dots(middles(bench, shape)));
    this.#write(this.#chosen, dots(chosen(bench, shape)));
    this.#paintCursor(bench);
  }

  /** @param {PathBench} bench */
  #paintDrawn({ drawing, drawn, tip, kind, panning }) {
    const ahead = drawing && tip && !panning ? [...drawn, tip] : drawn;
    this.#write(this.#sketch, drawing ? outline(ahead, false) : '');
    this.#sketch.classList.toggle('closed', kind.closed && ahead.length > 2);
  }

  /** @param {PathBench} bench */
  #paintCursor({ cursor, view }) {
    this.#cursor.hidden = cursor === undefined;
    if (cursor) this.#cursor.style.transform = `translate(${cursor.x * view.scale}px, ${cursor.y * view.scale}px)`;
  }

  /**
   * @param {SVGGElement} mark
   * @param {string} text
   */
  #write(mark, text) {
    if (this.#written.get(mark) === text) return;
    this.#written.set(mark, text);
    for (const each of mark.children) each.setAttribute('d', text);
  }
}

/** A line in two widths: a light one below a dark one can be seen on any image. @param {string} name */
const line = (name) => {
  const group = svg('g', name);
  group.append(svg('path', 'halo'), svg('path', 'stroke'));
  return group;
};

/**
 * Where a vertex can be put on an edge.
 * @param {PathBench} bench
 * @param {Path} path
 */
const middles = ({ kind, view }, path) => {
  const found = [];
  for (let edge = 0; edge < edges(path, kind.closed); edge += 1) {
    if (hasMiddle(path, edge, REACH / view.scale)) found.push(middle(ends(path, edge)));
  }
  return found;
};

/**
 * The vertex in hand; while a path is drawn, the one where a click would end it.
 * @param {PathBench} bench
 * @param {Path} shape
 */
const chosen = (bench, shape) => {
  const { drawn, kind, tip, vertex, view } = bench;
  if (bench.drawing) {
    const ends = tip !== undefined && bench.endsAt(tip, REACH / view.scale);
    return ends ? [kind.closed ? drawn[0] : drawn[drawn.length - 1]] : [];
  }
  return vertex === undefined ? [] : [shape[Math.min(vertex, shape.length - 1)]];
};
