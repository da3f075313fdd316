/** Letters that a text must share with the start of a pattern before the pattern is looked up; shorter patterns are never found. */
export const anchorLength = 12;

/**
 * A search for the longest of many patterns that a text contains; null when it contains none. Patterns shorter than
 * {@link anchorLength} are left out: they would be found everywhere.
 *
 * A rolling hash runs over the text, and only where it is the hash of some pattern's first twelve letters are whole
 * substrings looked up, one for each length that patterns with this start have: linear in the text, nearly whatever
 * the number of patterns (Aho-Corasick would be strictly linear, in four times the code).
 */
export function longestContained(patterns: Iterable<string>): (text: string) => string | null {
  const all = new Set<string>();
  const lengths = new Map</* first letters */ string, Set<number>>();
  const starts = new Uint8Array(1 << 16);
  for (const pattern of patterns) {
    if (pattern.length < anchorLength) continue;
    all.add(pattern);
    const start = pattern.slice(0, anchorLength);
    lengths.set(start, (lengths.get(start) ?? new Set()).add(pattern.length));
    starts[slot(hashOf(start))] = 1;
  }
  return (text) => {
    let best: string | null = null;
    let hash = hashOf(text.slice(0, anchorLength - 1));
    for (let end = anchorLength; end <= text.length; end++) {
      const from = end - anchorLength;
      hash = (Math.imul(hash, base) + text.charCodeAt(end - 1)) | 0;
      if (starts[slot(hash)] === 1)
        for (const length of lengths.get(text.slice(from, end)) ?? []) {
          const found = text.slice(from, from + length);
          if (length > (best?.length ?? 0) && all.has(found)) best = found;
        }
      hash = (hash - Math.imul(basePower, text.charCodeAt(from))) | 0;
    }
    return best;
  };
}

const base = 0x01000193;
/** base to the power anchorLength - 1, modulo 2³²: the weight of the letter that leaves the window. */
const basePower = Array.from({ length: anchorLength - 1 }).reduce<number>((power) => Math.imul(power, base), 1);

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, base) + text.charCodeAt(i)) | 0;
  return hash;
}

function slot(hash: number): number {
  return hash >>> 16;
}
