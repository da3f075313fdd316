import { mean } from '../stats/mean.ts';
import { labelGroups, shouldRefuse } from './data/groups.ts';
import { onParetoFront } from './pareto-front.ts';
import type { StrengthPoint } from '../controls/strength-point.ts';

/** The strengths that no other one beats, by mean refusals of the malicious labels against mean new refusals of the others. */
export function strengthFront(points: readonly Pick<StrengthPoint, 'strength' | 'refused'>[]): number[] {
  const part = ({ refused }: Pick<StrengthPoint, 'refused'>, malicious: boolean): number => {
    const rates = labelGroups
      .filter((label) => shouldRefuse(label) === malicious)
      .flatMap((label) => refused[label] ?? []);
    return rates.length === 0 ? 0 : mean(rates);
  };
  const isOn = onParetoFront(points.map((point) => ({ gain: part(point, true), cost: part(point, false) })));
  return points.filter((_, i) => isOn[i]).map(({ strength }) => strength);
}
