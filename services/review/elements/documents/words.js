import { idOf, member, textOf } from './blocks.js';

/**
 * Spells the text of key or value in blocks of words: Amazon's parser of these answers reads only the text of words.
 * @typedef {{id: string, text: string, words: readonly unknown[], wordIds: readonly string[]}} Spelled `words` are the blocks
 *   that were given for `wordIds`; some may be missing
 * @typedef {{blockType: unknown, id: string, text?: string, selectionStatus?: string}} Word a block as answers have it
 */

const STATES = new Set(['SELECTED', 'NOT_SELECTED']);

export class Words {
  /** @type {Map<string, Word>} */
  #blocks = new Map();
  #given;

  /** @param {ReadonlySet<string>} given the ids of the blocks that were given */
  constructor(given) {
    this.#given = given;
  }

  /** All blocks so far. @returns {Word[]} */
  get blocks() {
    return [...this.#blocks.values()];
  }

  /**
   * Spell a text with the blocks of a side, as far as there are any.
   * @param {Spelled} side
   * @param {string} text the current text
   * @returns {string[]} the ids of the blocks
   */
  spell(side, text) {
    const whole = side.words.length === side.wordIds.length && side.words.map(textOf).filter(Boolean).join(' ') === text;
    const blocks = whole ? side.words.map(plainBlock) : respelled(side, text);
    return blocks.map((block, index) => this.#add(block, `${side.id}-word-${index + 1}`));
  }

  /**
   * @param {Word} block one without an id gets a new one, and so does a word that another side spells differently
   * @param {string} name
   */
  #add(block, name) {
    const before = this.#blocks.get(block.id);
    const same = before !== undefined && textOf(before) === textOf(block);
    let id = block.id && (before === undefined || same) ? block.id : name;
    for (let number = 2; id !== block.id && (this.#blocks.has(id) || this.#given.has(id)); number += 1) id = `${name}-${number}`;
    this.#blocks.set(id, { ...block, id });
    return id;
  }
}

/**
 * The words of a text, under their earlier ids.
 * @param {Spelled} side
 * @param {string} text
 */
const respelled = ({ words, wordIds }, text) => {
  const [only] = words;
  if (words.length === 1 && member(only, 'blockType') === 'SELECTION_ELEMENT' && STATES.has(text)) {
    return [{ ...plainBlock(only), selectionStatus: text }];
  }
  const ticks = new Set(words.filter((block) => member(block, 'blockType') !== 'WORD').map(idOf));
  const ids = wordIds.filter((id) => !ticks.has(id));
  return text.split(/\s+/u).filter(Boolean).map((word, index) => ({ blockType: 'WORD', id: ids[index] ?? '', text: word }));
};

/** A block as answers have it: without geometry and confidence. @param {unknown} block @returns {Word} */
const plainBlock = (block) => {
  const plain = { blockType: member(block, 'blockType'), id: idOf(block) };
  if (plain.blockType === 'SELECTION_ELEMENT') return { ...plain, selectionStatus: textOf(block) };
  return { ...plain, text: textOf(block) };
};
