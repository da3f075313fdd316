/** Numbers as people read them. A no-break space stands before a unit, and `−` is the minus sign. */

/** `87.5 %` */
export function percent(share: number): string {
  return `${fixed(share * 100, 1)}\u00a0%`;
}

/** `80.1–92.3 %` */
export function interval(low: number, high: number): string {
  return `${fixed(low * 100, 1)}–${fixed(high * 100, 1)}\u00a0%`;
}

/** `+1.5 points`: a change of a share in percentage points. */
export function points(change: number): string {
  return `${signed(change * 100, 1)}\u00a0points`;
}

export function signed(value: number, digits: number): string {
  const text = fixed(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** Fixed digits with a true minus sign, and no minus before a zero. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** `p = 0.021`, `p < 0.001`: never "0.000". */
export function pValue(p: number): string {
  return p < 0.001 ? 'p\u00a0<\u00a00.001' : `p\u00a0=\u00a0${p.toFixed(3)}`;
}

/** `1 prompt`, `2 prompts`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n}\u00a0${n === 1 ? one : many}`;
}

/** To the minute: `2026-01-02 03:04 UTC`. @param time as `toISOString` writes it */
export function isoMinute(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}
