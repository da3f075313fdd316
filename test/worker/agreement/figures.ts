import { quantile } from '../../../src/core/stats/quantile.ts';

/** Measured agreement, printed for the README's table when a file's tests are done. */
export class Figures {
  readonly #rows: string[] = [];

  add(what: string, value: string): void {
    this.#rows.push(`${what.padEnd(64)}${value}`);
  }

  /** Median and largest of `errors`. */
  errors(what: string, errors: readonly number[]): void {
    this.add(what, `median ${quantile(errors, 0.5).toExponential(1)}, max ${Math.max(...errors).toExponential(1)}`);
  }

  print(): void {
    process.stdout.write(`${this.#rows.join('\n')}\n`);
  }
}
