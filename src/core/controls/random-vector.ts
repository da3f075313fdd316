import { norm } from '../linalg/inner-product.ts';

/** A direction drawn evenly from all directions (Box-Muller), [d], of the length given. */
export function randomVector(d: number, length: number, random: () => number): Float64Array {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const vector = Float64Array.from({ length: d }, normal);
  const scale = length / norm(vector);
  return vector.map((x) => x * scale);
}
