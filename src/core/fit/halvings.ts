/**
 * The ways to part n things into two equal halves (n even): the half that holds thing 0, as ascending indices, for each.
 * There are C(n, n / 2) / 2 of them: 35 of 8.
 */
export function halvings(n: number): number[][] {
  const choose = (from: number, count: number): number[][] =>
    count === 0
      ? [[]]
      : Array.from({ length: Math.max(0, n - from) }, (_, i) => from + i).flatMap((first) =>
          choose(first + 1, count - 1).map((rest) => [first, ...rest]),
        );
  return choose(1, n / 2 - 1).map((rest) => [0, ...rest]);
}
