/** The tokens of a text, as numbers: an array of them will do. */
export interface TokenIds extends Iterable<number> {
  readonly length: number;
  at(index: number): number | undefined;
}

/** Numbers that a block holds, unless a longer prompt has one of its own. */
const blockLength = 65_536;

/**
 * The tokens of many prompts in few large blocks, each after its length: 12 bytes a prompt and 4 a token. An array of its
 * own takes a prompt 48 bytes and 8 a token, and as much again where it grew token by token.
 */
export class TokenStore {
  readonly #blocks: Int32Array[] = [];
  /** Where the next prompt goes in the last block. */
  #end = blockLength;
  /** Of each prompt: its block, times the blocks' length, and where it starts in it. */
  readonly #places: number[] = [];

  /** @returns its index: the number of prompts added before it */
  add(ids: readonly number[]): number {
    const length = 1 + ids.length;
    if (this.#end + length > blockLength) {
      this.#blocks.push(new Int32Array(Math.max(blockLength, length)));
      this.#end = 0;
    }
    const block = this.#blocks.at(-1)!;
    block[this.#end] = ids.length;
    block.set(ids, this.#end + 1);
    this.#places.push((this.#blocks.length - 1) * blockLength + this.#end);
    this.#end += length;
    return this.#places.length - 1;
  }

  at(index: number): TokenIds {
    const place = this.#places[index]!;
    return new StoredTokens(this.#blocks[Math.floor(place / blockLength)]!, place % blockLength);
  }
}

class StoredTokens implements TokenIds {
  readonly #block: Int32Array;
  readonly #from: number;
  readonly length: number;

  /** @param place of the length that the tokens come after */
  constructor(block: Int32Array, place: number) {
    this.#block = block;
    this.#from = place + 1;
    this.length = block[place]!;
  }

  at(index: number): number | undefined {
    const place = index < 0 ? index + this.length : index;
    return place < 0 || place >= this.length ? undefined : this.#block[this.#from + place];
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#block.subarray(this.#from, this.#from + this.length).values();
  }
}
