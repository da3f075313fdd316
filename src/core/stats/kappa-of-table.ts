/** 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

export interface Kappa {
  /** Cohen's kappa; null without items, or when both raters only ever gave one and the same answer. */
  readonly kappa: number | null;
  /** Of 95 %, by the large-sample variance of Fleiss, Cohen and Everitt (Psychol. Bull. 72, 1969, 323). */
  readonly low: number;
  readonly high: number;
}

/** Agreement beyond chance of two raters, from how often the first gave answer i where the second gave j: `table[i][j]`. */
export function kappaOfTable(table: readonly (readonly number[])[]): Kappa {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const n = sum(table.map(sum));
  const share = table.map((row) => row.map((count) => count / n));
  const first = share.map(sum);
  const second = table.map((_, j) => sum(share.map((row) => row[j]!)));
  const agreed = sum(share.map((row, i) => row[i]!));
  const byChance = sum(first.map((rate, i) => rate * second[i]!));
  if (n === 0 || byChance === 1) return { kappa: null, low: -1, high: 1 };
  const kappa = (agreed - byChance) / (1 - byChance);
  const apart = 1 - kappa;
  const onDiagonal = sum(share.map((row, i) => row[i]! * (1 - (first[i]! + second[i]!) * apart) ** 2));
  const offDiagonal = sum(
    share.map((row, i) => sum(row.map((p, j) => (i === j ? 0 : p * (second[i]! + first[j]!) ** 2)))),
  );
  const variance =
    (onDiagonal + apart ** 2 * offDiagonal - (kappa - byChance * apart) ** 2) / (n * (1 - byChance) ** 2);
  const half = z * Math.sqrt(Math.max(0, variance));
  return { kappa, low: Math.max(-1, kappa - half), high: Math.min(1, kappa + half) };
}
