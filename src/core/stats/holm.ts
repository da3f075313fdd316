/**
 * p-values of a family of tests, raised so that the chance of even one false finding among them stays at the level they
 * are read at (Holm, Scandinavian Journal of Statistics 6, 1979, 65).
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const adjusted = [...p];
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, p[i]! * (p.length - rank)));
    adjusted[i] = least;
  });
  return adjusted;
}
