const hashBytes = 32;
/** Hashes to a block: 128 kB. */
const blockLength = 4_096;

/**
 * Numbers SHA-256 hashes (64 hex digits) in the order they are added, in about 45 bytes each, outside the heap: a Map from
 * the strings takes 130, and the collector goes over it each time. Open addressing by a hash's first bytes, which are as
 * good as random.
 */
export class HashIndex {
  #size = 0;
  readonly #blocks: Buffer[] = [];
  /** A hash's number plus 1; 0 where a slot is free, as at least half of them are. */
  #slots = new Int32Array(512);
  readonly #wanted = Buffer.alloc(hashBytes);

  /** How many different hashes were added. */
  get size(): number {
    return this.#size;
  }

  /**
   * @returns the hash's number, new or not
   * @throws {RangeError} what is no SHA-256
   */
  add(hash: string): number {
    const slot = this.#slotOf(this.#read(hash));
    const known = this.#slots[slot]!;
    if (known > 0) return known - 1;
    if (this.#size % blockLength === 0) this.#blocks.push(Buffer.alloc(blockLength * hashBytes));
    const number = this.#size++;
    this.#at(number).set(this.#wanted);
    this.#slots[slot] = number + 1;
    if (2 * this.#size > this.#slots.length) this.#grow();
    return number;
  }

  /** @throws {RangeError} what is no SHA-256 */
  find(hash: string): number | undefined {
    const known = this.#slots[this.#slotOf(this.#read(hash))]!;
    return known > 0 ? known - 1 : undefined;
  }

  #read(hash: string): Buffer {
    if (hash.length !== 2 * hashBytes || this.#wanted.write(hash, 'hex') !== hashBytes)
      throw new RangeError(`No SHA-256: ${hash}`);
    return this.#wanted;
  }

  #at(number: number): Buffer {
    const from = (number % blockLength) * hashBytes;
    return this.#blocks[Math.floor(number / blockLength)]!.subarray(from, from + hashBytes);
  }

  /** The slot that a hash has, or would get. */
  #slotOf(hash: Buffer): number {
    let slot = hash.readUInt32LE() % this.#slots.length;
    for (let known = this.#slots[slot]!; known > 0 && !this.#at(known - 1).equals(hash); known = this.#slots[slot]!)
      slot = (slot + 1) % this.#slots.length;
    return slot;
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let number = 0; number < this.#size; number++) this.#slots[this.#slotOf(this.#at(number))] = number + 1;
  }
}
