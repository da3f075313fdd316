import type { TrialNumbers } from './device-trial.ts';

/** What a device's trial says of it, beside the CPU's. */
export interface TrialVerdict {
  readonly works: boolean;
  /** How often it is as fast as the CPU. */
  readonly speed: number;
  readonly detail: string;
}

/** Largest relative error ‖a - b‖ / ‖b‖ of a prompt's activations or logits that still counts as the CPU's numbers. */
export const agreement = { f32: 0.01, other: 0.1 } as const;

/** Whether a device computes what the CPU does, and how fast. */
export function judgeTrial(tried: TrialNumbers, cpu: TrialNumbers, bound: number): TrialVerdict {
  const speed = cpu.milliseconds / tried.milliseconds;
  const rows = [
    ...tried.activations.map((values, row) => ({ what: 'activations', values, want: cpu.activations[row]! })),
    ...tried.logits.map((values, row) => ({ what: 'logits', values, want: cpu.logits[row]! })),
  ];
  const compared = rows.map(({ what, values, want }) => ({ what, error: relativeError(values, want) }));
  const unusable = compared.find(({ error }) => !Number.isFinite(error));
  if (unusable) return { works: false, speed, detail: `its ${unusable.what} are not finite, or the CPU's are not` };
  const worst = compared.reduce((a, b) => (b.error > a.error ? b : a));
  const error = `its ${worst.what} differ from the CPU's by ${percent(worst.error)} at most`;
  if (worst.error > bound) return { works: false, speed, detail: `${error}, more than the ${percent(bound)} allowed` };
  return { works: true, speed, detail: `${error}; ${speed.toPrecision(2)} times as fast as the CPU` };
}

function relativeError(values: Float32Array, want: Float32Array): number {
  let difference = 0;
  let size = 0;
  want.forEach((value, i) => {
    difference += (values[i]! - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference / size);
}

function percent(part: number): string {
  return `${(100 * part).toPrecision(2)} %`;
}
