import { HumanError, type Problem } from '../../core/problem.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import { TokenStore, type TokenIds } from '../../core/token-ids.ts';
import { tokensHash, type Model } from './model.ts';

/** A prompt's tokens, and what their activations and their label are kept under. */
export interface Tokens {
  readonly ids: TokenIds;
  /** SHA-256 of the ids. */
  readonly hash: string;
}

/** A prompt as the model sees it. */
export interface Encoded extends Tokens {
  readonly prompt: Prompt;
}

/**
 * Prompts as tokens, one after the other. One that leaves no room for `newTokens` in the model's context is left out with
 * an error; one that holds the model's control tokens is encoded as plain text with a warning.
 */
export function* eachEncoded(
  model: Pick<Model, 'tokenizer' | 'folder'>,
  prompts: readonly Prompt[],
  newTokens: number,
  report: (problem: Problem) => void,
): Generator<Encoded & { readonly ids: readonly number[] }> {
  const context = model.folder.config.max_position_embeddings;
  for (const prompt of prompts) {
    const { file, line, column } = prompt;
    try {
      const { ids, controlTokens } = model.tokenizer.encode(prompt.text, prompt.earlier);
      if (ids.length + newTokens > context) {
        const message = `The prompt has ${ids.length} tokens; with ${newTokens} for the reply that is more than the model's context of ${context}. It is left out.`;
        report({ severity: 'error', file, line, column, message, fix: 'Shorten it.' });
        continue;
      }
      if (controlTokens.length > 0) {
        const message = `The prompt holds ${controlTokens.join(', ')}, which the model's chat format is made of. It is read as plain text, not as a turn.`;
        report({ severity: 'warning', file, line, column, message, fix: 'Take it out if that is not meant.' });
      }
      yield { prompt, ids, hash: tokensHash(ids) };
    } catch (error) {
      if (!(error instanceof HumanError)) throw error;
      report({ ...error.problem, file, line, column });
    }
  }
}

/** {@link eachEncoded} of all of them. */
export function encodePrompts(...of: Parameters<typeof eachEncoded>): Encoded[] {
  const store = new TokenStore();
  return Array.from(eachEncoded(...of), ({ prompt, ids, hash }) => ({ prompt, ids: store.at(store.add(ids)), hash }));
}
