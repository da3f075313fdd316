import { basename, dirname } from 'node:path';
import { readFile } from 'node:fs/promises';
import { AutoTokenizer, env, type PreTrainedTokenizer } from '@huggingface/transformers';
import { HumanError } from '../core/problem.ts';
import type { ModelFolder } from './model-folder.ts';

/** The date that templates which print one are given, so that a run does not change overnight. */
export const pinnedDate = '2025-01-01';

export interface EncodedPrompt {
  readonly ids: readonly number[];
  /** The model's own control tokens that stood in the prompt; they were encoded as plain text. */
  readonly controlTokens: readonly string[];
}

/** Text to tokens and back, with the model's chat template. */
export interface ChatTokenizer {
  /** Template applied to one user turn, generation prompt added. */
  encode(prompt: string): EncodedPrompt;
  decode(ids: readonly number[]): string;
  readonly endTokens: ReadonlySet<number>;
}

/** @throws {HumanError} no tokenizer, or no chat template */
export async function loadTokenizer(folder: ModelFolder): Promise<ChatTokenizer> {
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder.path);
  const tokenizer = await AutoTokenizer.from_pretrained(basename(folder.path), { local_files_only: true }).catch(
    (error: unknown) => {
      throw new HumanError({
        file: folder.path,
        message: `The tokenizer cannot be loaded: ${(error instanceof Error ? error.message : String(error)).replace(/\.?$/, '.')}`,
        fix: 'The folder needs tokenizer.json and tokenizer_config.json of the same model.',
      });
    },
  );
  const template = await chatTemplate(tokenizer, folder);
  const special = [...new Set(tokenizer.all_special_tokens)].filter((token) => token !== '');
  const endTokens = new Set(folder.endTokens);
  if (endTokens.size === 0) endTokens.add(tokenizer.eos_token_id);

  const render = (prompt: string): string =>
    tokenizer.apply_chat_template([{ role: 'user', content: prompt }], {
      tokenize: false,
      add_generation_prompt: true,
      chat_template: template,
      pinned_date: formatPinnedDate,
      date_string: formatPinnedDate('%d %b %Y'),
    } as never) as unknown as string;
  const encodeText = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false });
  if (render('one') === render('two')) {
    throw new HumanError({
      file: folder.path,
      message: 'The chat template does not print the prompt.',
      fix: 'Use the chat (instruct) version of the model, with its own tokenizer_config.json.',
    });
  }

  return {
    endTokens,
    encode: (prompt) => {
      const text = render(prompt);
      const controlTokens = special.filter((token) => prompt.includes(token));
      if (controlTokens.length === 0) return { ids: encodeText(text), controlTokens };
      const from = text.indexOf(prompt.trim());
      if (from < 0) {
        throw new HumanError({
          message: `The prompt holds ${controlTokens.join(', ')}, and the chat template rewrites it, so it cannot be kept apart from the template's own.`,
          fix: 'Take the control tokens out of the prompt.',
        });
      }
      const pieces = cutInsideTokens(text, from, from + prompt.trim().length, special);
      return { ids: pieces.flatMap(encodeText), controlTokens };
    },
    // A model may end its reply at once; transformers.js takes no tokens for an error.
    decode: (tokens) => (tokens.length === 0 ? '' : tokenizer.decode([...tokens], { skip_special_tokens: true })),
  };
}

/**
 * Cuts `text` inside every control token that lies within [from, to), so that none survives in a piece: encoded piece
 * by piece, the prompt keeps its characters and the model sees no turn that the prompt made up.
 */
export function cutInsideTokens(text: string, from: number, to: number, tokens: readonly string[]): string[] {
  const cuts = new Set<number>();
  for (const token of tokens) {
    for (let at = text.indexOf(token, from); at >= 0 && at + token.length <= to; at = text.indexOf(token, at + 1)) {
      if (token.length > 1) cuts.add(at + (token.length >> 1));
    }
  }
  const edges = [0, ...[...cuts].sort((a, b) => a - b), text.length];
  return edges.slice(1).map((end, i) => text.slice(edges[i], end));
}

async function chatTemplate(tokenizer: PreTrainedTokenizer, folder: ModelFolder): Promise<string> {
  const own = tokenizer.chat_template as unknown;
  const text =
    typeof own === 'string' ? own : await readFile(`${folder.path}/chat_template.jinja`, 'utf8').catch(() => undefined);
  if (!text) {
    throw new HumanError({
      file: folder.path,
      message: 'The model has no chat template, so it is not known how it expects a prompt.',
      fix: 'Use a chat (instruct) model, or add its chat_template.jinja to the folder.',
    });
  }
  return text.replaceAll('strftime_now', 'pinned_date');
}

function formatPinnedDate(format: string): string {
  const date = new Date(`${pinnedDate}T00:00:00Z`);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    date.toLocaleString('en-GB', { timeZone: 'UTC', ...options });
  const fields: Record<string, () => string> = {
    d: () => part({ day: '2-digit' }),
    m: () => part({ month: '2-digit' }),
    b: () => part({ month: 'short' }),
    B: () => part({ month: 'long' }),
    Y: () => part({ year: 'numeric' }),
    y: () => part({ year: '2-digit' }),
    A: () => part({ weekday: 'long' }),
    a: () => part({ weekday: 'short' }),
    H: () => '00',
    M: () => '00',
    S: () => '00',
  };
  return format.replace(/%-?([a-zA-Z])/g, (all, letter: string) => fields[letter]?.() ?? all);
}
