/** How fast a phase goes and how long it will take, from its own last half minute: steadier than the last step, quicker to follow than the mean. */
export interface ProgressRate {
  /** Units per second; undefined before anything is known. */
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

const windowSeconds = 30;

/** Keeps the samples of one phase; `seconds` is any clock that only goes forward. */
export class ProgressMeter {
  readonly #samples: { seconds: number; done: number }[] = [];

  add(done: number, total: number, seconds: number): ProgressRate {
    this.#samples.push({ seconds, done });
    while (this.#samples.length > 2 && this.#samples[1]!.seconds < seconds - windowSeconds) this.#samples.shift();
    const first = this.#samples[0]!;
    const perSecond =
      done > first.done && seconds > first.seconds ? (done - first.done) / (seconds - first.seconds) : undefined;
    return { perSecond, secondsLeft: perSecond === undefined ? undefined : (total - done) / perSecond };
  }
}

/** `m:ss`, or `h:mm:ss` from an hour on. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
