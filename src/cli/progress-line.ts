import { formatDuration, ProgressMeter } from '../core/progress-rate.ts';
import type { Progress } from '../rpc/worker-api.ts';

/** Seconds between lines where the output is no terminal. */
const quietSeconds = 10;

/** One line on stderr that is written over while a phase goes on; on a pipe, a line now and then. */
export class ProgressLine {
  readonly #out: NodeJS.WriteStream;
  #meter = new ProgressMeter();
  #phase = '';
  #shown = 0;
  #lastPrinted = -Infinity;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  update(progress: Progress): void {
    if (progress.phase !== this.#phase) {
      this.clear();
      this.#phase = progress.phase;
      this.#meter = new ProgressMeter();
      this.#lastPrinted = -Infinity;
    }
    const seconds = performance.now() / 1000;
    const text = progressText(progress, this.#meter.add(progress.done, progress.total, seconds));
    if (this.#out.isTTY) {
      const width = this.#out.columns || 80;
      const line = text.slice(0, width - 1);
      this.#out.write(`\r${line}${' '.repeat(Math.max(0, this.#shown - line.length))}`);
      this.#shown = line.length;
    } else if (seconds - this.#lastPrinted >= quietSeconds || progress.done === progress.total) {
      this.#out.write(`${text}\n`);
      this.#lastPrinted = seconds;
    }
  }

  /** Makes room for another line. */
  clear(): void {
    if (this.#out.isTTY && this.#shown > 0) this.#out.write(`\r${' '.repeat(this.#shown)}\r`);
    this.#shown = 0;
  }
}

/** `Activations  1,024 of 2,730 prompts  38 %  61.2 prompts/s  0:28 left` */
export function progressText(
  { phase, done, total, unit }: Progress,
  { perSecond, secondsLeft }: { perSecond: number | undefined; secondsLeft: number | undefined },
): string {
  const number = (n: number): string => n.toLocaleString('en-US');
  const parts = [
    phase,
    `${number(done)} of ${number(total)} ${unit}`,
    `${total === 0 ? 100 : Math.floor((100 * done) / total)} %`,
  ];
  if (perSecond !== undefined)
    parts.push(`${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toPrecision(2)} ${unit}/s`);
  if (secondsLeft !== undefined && done < total) parts.push(`${formatDuration(secondsLeft)} left`);
  return parts.join('  ');
}
