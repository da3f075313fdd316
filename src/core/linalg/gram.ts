import type { AddProduct } from './product.ts';

/** What a fit needs to know of the rows of H [rows, d], whatever their number. */
export interface Gram {
  readonly d: number;
  readonly rows: number;
  /** Hᵀ1, [d] */
  readonly sums: Float64Array;
  /** HᵀH, [d, d], symmetric to the bit */
  readonly products: Float64Array;
}

/** Rows taken in before they are multiplied: enough to fill the product's tiles, few enough to stay in cache. */
const panelRows = 256;

/** Takes in the rows of H one at a time and keeps only HᵀH and Hᵀ1, in f64: memory is d x d, however many rows there are. */
export class GramAccumulator {
  readonly #d: number;
  readonly #sums: Float64Array;
  readonly #products: Float64Array;
  /** Rows not multiplied yet, transposed: [d, panelRows]; the columns from `#pending` on are zero. */
  readonly #panel: Float64Array;
  readonly #addProduct: AddProduct;
  #pending = 0;
  #rows = 0;

  constructor(d: number, addProduct: AddProduct) {
    this.#d = d;
    this.#sums = new Float64Array(d);
    this.#products = new Float64Array(d * d);
    this.#panel = new Float64Array(d * panelRows);
    this.#addProduct = addProduct;
  }

  /**
   * @param row [d]
   * @param weight the row counts so many times
   */
  async add(row: Float32Array | Float64Array, weight = 1): Promise<void> {
    if (row.length !== this.#d)
      throw new RangeError(`A row of ${row.length} numbers in a Gram matrix of size ${this.#d}.`);
    const scale = Math.sqrt(weight);
    for (let i = 0; i < row.length; i++) {
      const value = row[i]!;
      this.#sums[i]! += weight * value;
      this.#panel[i * panelRows + this.#pending] = scale * value;
    }
    this.#rows++;
    this.#pending++;
    if (this.#pending === panelRows) await this.#multiply();
  }

  /** Of all rows: the sums themselves, no copy, so none may follow. */
  async gram(): Promise<Gram> {
    if (this.#pending > 0) await this.#multiply();
    mirror(this.#products, this.#d);
    return { d: this.#d, rows: this.#rows, sums: this.#sums, products: this.#products };
  }

  async #multiply(): Promise<void> {
    await this.#addProduct(this.#panel, this.#panel, this.#products, { m: this.#d, n: this.#d, depth: panelRows });
    this.#panel.fill(0);
    this.#pending = 0;
  }
}

/** The Gram matrix of the rows of all of them, at least one. */
export function sumGrams(grams: readonly Gram[]): Gram {
  const sum = { ...grams[0]!, sums: grams[0]!.sums.slice(), products: grams[0]!.products.slice() };
  for (const { rows, sums, products } of grams.slice(1)) {
    sum.rows += rows;
    for (let i = 0; i < sums.length; i++) sum.sums[i]! += sums[i]!;
    for (let i = 0; i < products.length; i++) sum.products[i]! += products[i]!;
  }
  return sum;
}

/** Makes what is above the diagonal what is below it: rounding may differ. */
function mirror(products: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) products[j * d + i] = products[i * d + j]!;
}
