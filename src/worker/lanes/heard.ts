/** Values that come on their own, kept in order until somebody asks for the next one. */
export class Heard<T> {
  readonly #values: T[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  add(value: T): void {
    this.#values.push(value);
    this.#wake();
  }

  /** Nothing more comes. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** @returns undefined when all were given and nothing more comes */
  async next(): Promise<T | undefined> {
    while (this.#values.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#values.shift();
  }
}
