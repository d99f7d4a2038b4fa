import { TILE, tilesAcross } from './mask.js';

/**
 * Where the segments of a mask lie. All pure; results for a tile are kept with it.
 * @typedef {import('../drawing/geometry.js').Box} Box
 * @typedef {import('../drawing/geometry.js').Point} Point
 * @typedef {import('../drawing/geometry.js').Size} Size
 * @typedef {import('./mask.js').Tile} Tile
 * @typedef {import('./mask.js').Tiles} Tiles
 * @typedef {{left: number, top: number, right: number, bottom: number}} Edges of whole pixels, the last ones included
 */

/** @type {WeakMap<Tile, {revision: number, edges: Map<number, Edges>}>} */
const known = new WeakMap();

/**
 * The smallest box around a segment; undefined when it has no pixel.
 * @param {Tiles} tiles
 * @param {number} segment
 * @param {Size} size
 * @returns {Box|undefined}
 */
export const boundsOf = (tiles, segment, size) => {
  const places = placesOf(tiles, segment, size);
  if (places.length === 0) return undefined;
  const left = Math.min(...places.map((place) => place.left));
  const top = Math.min(...places.map((place) => place.top));
  const right = Math.max(...places.map((place) => place.right));
  const bottom = Math.max(...places.map((place) => place.bottom));
  return { left, top, width: right + 1 - left, height: bottom + 1 - top };
};

/**
 * About where the middle of a segment is: the mean of its places in the tiles, by how much of it they hold.
 * @param {Tiles} tiles
 * @param {number} segment
 * @param {Size} size
 * @returns {Point}
 */
export const middleOf = (tiles, segment, size) => {
  let [x, y, all] = [0, 0, 0];
  for (const { left, top, right, bottom, count } of placesOf(tiles, segment, size)) {
    x += (count * (left + right + 1)) / 2;
    y += (count * (top + bottom + 1)) / 2;
    all += count;
  }
  return { x: x / all, y: y / all };
};

/**
 * @param {Tiles} tiles
 * @param {number} segment
 * @param {Size} size
 */
const placesOf = (tiles, segment, size) => {
  const across = tilesAcross(size);
  return tiles.flatMap((tile, index) => {
    const count = tile?.counts.get(segment) ?? 0;
    const edges = tile && count > 0 ? edgesIn(tile).get(segment) : undefined;
    if (!edges) return [];
    const [x, y] = [(index % across) * TILE, Math.floor(index / across) * TILE];
    return [{ count, left: x + edges.left, top: y + edges.top, right: x + edges.right, bottom: y + edges.bottom }];
  });
};

/** Where each segment lies in a tile. @param {Tile} tile */
const edgesIn = (tile) => {
  const before = known.get(tile);
  if (before?.revision === tile.revision) return before.edges;
  /** @type {Map<number, Edges>} */
  const edges = new Map();
  tile.data.forEach((segment, index) => {
    const [x, y] = [index % TILE, Math.floor(index / TILE)];
    const found = edges.get(segment);
    if (!found) edges.set(segment, { left: x, top: y, right: x, bottom: y });
    else {
      found.left = Math.min(found.left, x);
      found.right = Math.max(found.right, x);
      found.bottom = y;
    }
  });
  known.set(tile, { revision: tile.revision, edges });
  return edges;
};
