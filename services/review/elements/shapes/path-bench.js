import { bend, drop, longest, split } from './edits.js';
import { PathDrawing } from './path-drawing.js';
import { edges, ends, middle, settle } from './path.js';

/**
 * @typedef {import('./path.js').Path} Path
 * @typedef {import('./path.js').Point} Point
 */

/** Everything that can be done to paths: drawing them, and changing their vertices. */
export class PathBench extends PathDrawing {
  /** @type {number|undefined} the vertex in hand, of the selected path */
  vertex;

  /**
   * @param {number|undefined} id
   * @param {boolean} seen
   */
  select(id, seen = false) {
    if (id !== this.selectedId) this.vertex = undefined;
    super.select(id, seen);
  }

  /** Take a vertex of the selected path in hand, counted round its end; undefined lets go. @param {number|undefined} index */
  takeVertex(index) {
    const { selected } = this.annotations;
    const possible = selected !== undefined && index !== undefined && this.kind.most > 1;
    this.vertex = possible ? (index + selected.shape.length) % selected.shape.length : undefined;
    if (selected && this.vertex !== undefined) this.#sayVertex(selected.shape, this.vertex);
    this.listener.repaint();
  }

  /**
   * A path with a moved vertex; undefined, with a message to the worker, if that is not allowed.
   * @param {Path} path
   * @param {number} index
   * @param {Point} point
   */
  bent(path, index, point) {
    return this.#judged(bend(this.kind, path, index, settle(point, this.size)));
  }

  /**
   * A path with one more vertex on an edge.
   * @param {Path} path
   * @param {number} edge
   * @param {Point} point
   */
  split(path, edge, point) {
    return this.#judged(split(this.kind, path, edge, settle(point, this.size)));
  }

  /** Put a vertex on the edge that follows the one in hand, or else on the longest. */
  insert() {
    const { selected } = this.annotations;
    if (!selected || selected.shape.length >= this.kind.most) return;
    const path = selected.shape;
    const edge = Math.min(this.vertex ?? longest(this.kind, path), edges(path, this.kind.closed) - 1);
    const next = this.split(path, edge, middle(ends(path, edge)));
    if (!next) return;
    this.place(selected.id, next);
    this.takeVertex(edge + 1);
  }

  /** Move the vertex in hand, or the whole path. @param {Point} delta */
  nudge(delta) {
    const { selected } = this.annotations;
    const { vertex } = this;
    if (!selected || vertex === undefined) {
      super.nudge(delta);
      return;
    }
    const { x, y } = selected.shape[vertex];
    const next = this.bent(selected.shape, vertex, { x: x + delta.x, y: y + delta.y });
    if (!next) return;
    this.placeByKey(next, `bend ${vertex}`, '');
    this.#sayVertex(next, vertex);
  }

  /** Delete the vertex in hand, or the whole path. */
  remove() {
    const { selected } = this.annotations;
    const { vertex } = this;
    if (!selected || vertex === undefined) {
      super.remove();
      return;
    }
    const next = this.#judged(drop(this.kind, selected.shape, vertex));
    if (!next) return;
    this.place(selected.id, next);
    this.takeVertex(Math.max(0, vertex - 1));
    this.follow();
  }

  /** Continue drawing; or step into the vertices of the selected path, and out of them again. */
  enter() {
    if (this.drawing || this.selectedId === undefined) super.enter();
    else if (this.kind.most === 1) this.begin();
    else this.takeVertex(this.vertex === undefined ? 0 : undefined);
  }

  /** Step out: of the vertices, or of the path. */
  deselect() {
    if (this.vertex === undefined) super.deselect();
    else this.takeVertex(undefined);
  }

  undo() {
    this.vertex = undefined;
    super.undo();
  }

  redo() {
    this.vertex = undefined;
    super.redo();
  }

  /** @param {import('./edits.js').Edit} edit */
  #judged(edit) {
    if ('path' in edit) {
      this.listener.warn('');
      return edit.path;
    }
    if (edit.refused !== 'nothing') this.listener.warn(this.t(`said.${edit.refused}`, { least: this.kind.least }));
    return undefined;
  }

  /** @param {Path} path @param {number} index */
  #sayVertex(path, index) {
    const { x, y } = path[index];
    this.reveal({ left: x, top: y, width: 0, height: 0 });
    this.listener.say(this.t('said.at', { index: index + 1, count: path.length, x, y }));
  }
}
