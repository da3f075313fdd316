/** The tokens of a text, as numbers: an array of them will do. */
export interface TokenIds extends Iterable<number> {
  readonly length: number;
  at(index: number): number | undefined;
}

/** Tokens that fit into one block. */
const blockLength = 65_536;

/**
 * Keeps the tokens of many prompts in few large blocks: 4 bytes a token, and 48 for each prompt. An array of its own takes
 * a prompt 48 bytes and 8 a token, and as much again where it grew token by token.
 */
export function tokenKeeper(): (ids: readonly number[]) => TokenIds {
  let block = new Int32Array(0);
  let end = 0;
  return (ids) => {
    if (end + ids.length > block.length) {
      block = new Int32Array(Math.max(blockLength, ids.length));
      end = 0;
    }
    block.set(ids, end);
    const from = end;
    end += ids.length;
    return new KeptTokens(block, from, ids.length);
  };
}

class KeptTokens implements TokenIds {
  readonly #block: Int32Array;
  readonly #from: number;
  readonly length: number;

  constructor(block: Int32Array, from: number, length: number) {
    this.#block = block;
    this.#from = from;
    this.length = length;
  }

  at(index: number): number | undefined {
    const place = index < 0 ? index + this.length : index;
    return place < 0 || place >= this.length ? undefined : this.#block[this.#from + place];
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#block.subarray(this.#from, this.#from + this.length).values();
  }
}
