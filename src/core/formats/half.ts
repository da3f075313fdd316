/**
 * The number that 16 bits say by IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. Each is exact in f32 and f64;
 * the smallest are denormal, and the largest exponent says an infinity or NaN.
 */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 0x400;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}
