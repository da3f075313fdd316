import { steeringMargin, suffixSearch, type SuffixSearch } from '../../core/attack/suffix-search.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import { seededRandom } from '../../core/prompts/split/seeded-random.ts';
import { attacked } from './attacked-prompt.ts';
import { replyToAttacked, type AttackContext } from './reply-to-attacked.ts';
import { suffixTokens } from './suffix-tokens.ts';

/** Candidates of one search in a round. */
const perRound = 8;

/** A search that has ended, and the random suffix that it began with. */
export interface EndedSearch {
  readonly search: SuffixSearch;
  readonly randomSuffix: string;
}

/**
 * Searches a suffix for each prompt, all searches side by side, so that they share batches.
 * @param thresholds of the steered layers
 * @param queries most candidates of one search
 */
export async function searchSuffixes(
  targets: readonly Prompt[],
  { thresholds, queries, seed }: { readonly thresholds: Float32Array; readonly queries: number; readonly seed: number },
  context: AttackContext,
): Promise<EndedSearch[]> {
  const { model } = context;
  const tokens = suffixTokens(model.tokenizer, model.folder.config.vocab_size);
  const searches = targets.map((_, i) =>
    suffixSearch(tokens, (ids) => model.tokenizer.decode(ids), queries, seededRandom(seed + i)),
  );
  const randomSuffixes = searches.map(({ best }) => best);
  const open = (): [SuffixSearch, Prompt][] =>
    searches.flatMap((search, i) => (search.margin > 0 && search.queries < queries ? [[search, targets[i]!]] : []));
  for (let live = open(); live.length > 0; live = open()) {
    const phase = `Search, ${targets.length - live.length} of ${targets.length} done, ${live[0]![0].queries} of ${queries} candidates each`;
    const asked = live.flatMap(([search, prompt]) =>
      search.propose(perRound).map((suffix) => attacked(prompt, suffix)),
    );
    // Below all thresholds a prompt is not steered, so the untouched model's scores say whether it gets there.
    const scored = await replyToAttacked(phase, asked, 0, 1, context);
    live.forEach(([search], i) =>
      search.accept(
        scored.slice(i * perRound, (i + 1) * perRound).map(({ scores }) => steeringMargin(scores, thresholds)),
      ),
    );
  }
  return searches.map((search, i) => ({ search, randomSuffix: randomSuffixes[i]! }));
}
