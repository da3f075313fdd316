/**
 * One search for a suffix under which a prompt slips past the steering: random search over tokens, without
 * gradients (Andriushchenko et al. 2024, arXiv 2404.02151, with the steering's own margin as the loss). The caller scores
 * the candidates, so that many searches share a batch.
 */
export interface SuffixSearch {
  /** The best suffix so far, and its margin: at or below 0 it is past every layer's threshold. */
  readonly best: string;
  readonly margin: number;
  /** The margin of the random suffix that the search began with. */
  readonly firstMargin: number;
  /** Candidates scored. */
  readonly queries: number;
  /** The next suffixes to score. */
  readonly propose: (count: number) => string[];
  /** Takes the margins of the suffixes proposed last, in their order. */
  readonly accept: (margins: readonly number[]) => void;
}

/** Tokens of a suffix. */
const length = 20;
/** Most neighbouring tokens that a candidate changes at the start; one at the end. */
const widest = 5;

/**
 * @param vocabulary the tokens that suffixes are made of
 * @param queries how many candidates there will be in all: the later, the fewer tokens are changed at once
 */
export function suffixSearch(
  vocabulary: readonly number[],
  decode: (tokens: readonly number[]) => string,
  queries: number,
  random: () => number,
): SuffixSearch {
  const drawn = (): number => vocabulary[Math.floor(random() * vocabulary.length)]!;
  let best = Array.from({ length }, drawn);
  let margin = Infinity;
  let firstMargin = Infinity;
  let scored = 0;
  let proposed: number[][] = [];
  const changed = (): number[] => {
    const width = Math.max(1, Math.round(widest * (1 - scored / queries)));
    const from = Math.floor(random() * (length - width + 1));
    return best.map((token, i) => (i >= from && i < from + width ? drawn() : token));
  };
  return {
    get best() {
      return decode(best);
    },
    get margin() {
      return margin;
    },
    get firstMargin() {
      return firstMargin;
    },
    get queries() {
      return scored;
    },
    propose: (count) => {
      // The first one is the random suffix itself: what a search has to beat.
      proposed = Array.from({ length: count }, (_, i) => (scored === 0 && i === 0 ? best : changed()));
      return proposed.map(decode);
    },
    accept: (margins) => {
      if (margins.length !== proposed.length) throw new RangeError('A margin for each suffix that was proposed.');
      if (scored === 0) firstMargin = margins[0]!;
      const least = Math.min(...margins);
      if (least < margin) {
        margin = least;
        best = proposed[margins.indexOf(least)]!;
      }
      scored += margins.length;
      proposed = [];
    },
  };
}

/**
 * How far a prompt is from being left as it is: its score's largest lead over a layer's threshold. Where every prompt is
 * steered (thresholds of -Infinity), its largest score: at or below 0 it is pushed towards no refusal.
 */
export function steeringMargin(scores: ArrayLike<number>, thresholds: ArrayLike<number>): number {
  const leads = Array.from({ length: scores.length }, (_, k) => {
    const threshold = thresholds[k]!;
    return scores[k]! - (threshold === -Infinity ? 0 : threshold);
  });
  return Math.max(...leads);
}
