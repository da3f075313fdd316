/** Disjoint sets of the integers below n, each named by its least member (union-find with path halving). */
export class DisjointSets {
  readonly #parent: Int32Array;

  constructor(n: number) {
    this.#parent = Int32Array.from({ length: n }, (_, i) => i);
  }

  /** The least member of the set that i is in. */
  first(i: number): number {
    const parent = this.#parent;
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  }

  join(i: number, j: number): void {
    const a = this.first(i);
    const b = this.first(j);
    this.#parent[Math.max(a, b)] = Math.min(a, b);
  }
}
