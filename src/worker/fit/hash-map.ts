import { HashIndex } from './hash-index.ts';

/** Values by SHA-256, as a Map of few methods. */
export class HashMap<T> {
  readonly #index = new HashIndex();
  readonly #values: T[] = [];

  has(hash: string): boolean {
    return this.#index.find(hash) !== undefined;
  }

  get(hash: string): T | undefined {
    const at = this.#index.find(hash);
    return at === undefined ? undefined : this.#values[at];
  }

  set(hash: string, value: T): void {
    this.#values[this.#index.add(hash)] = value;
  }
}
