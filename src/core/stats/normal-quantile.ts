/** Quantiles of the standard normal distribution: one-sided limits of 95 % and two-sided intervals of 95 %. */
export const normalQuantile = { 0.95: 1.6448536269514722, 0.975: 1.959963984540054 } as const;

export type Level = keyof typeof normalQuantile;
