import { Template } from '@huggingface/jinja';
import type { Tokenizer } from '@huggingface/tokenizers';
import { HumanError } from '../../core/problem.ts';
import type { Turn } from '../../core/prompts/turn.ts';
import { checkChatFormat } from './check-chat-format.ts';
import type { ModelFolder } from './model-folder.ts';
import { readTokenizerFiles, type TokenizerFiles } from './tokenizer-files.ts';

/** The date that templates which print one are given, so that a run does not change overnight. */
export const pinnedDate = '2025-01-01';

export interface EncodedPrompt {
  readonly ids: readonly number[];
  /** The model's own control tokens that stood in the prompt; they were encoded as plain text. */
  readonly controlTokens: readonly string[];
}

/** Text to tokens and back, with the model's chat template. */
export interface ChatTokenizer {
  /**
   * Template applied to the chat before the prompt and the prompt as a user's turn, generation prompt added.
   * @throws {HumanError} when the template takes no such chat (a system prompt, say)
   */
  encode(prompt: string, earlier?: readonly Turn[]): EncodedPrompt;
  /** Text alone, without a template. */
  encodeText(text: string): readonly number[];
  decode(ids: readonly number[]): string;
  readonly endTokens: ReadonlySet<number>;
}

/** @throws {HumanError} no tokenizer, or no chat template */
export async function loadTokenizer(folder: ModelFolder): Promise<ChatTokenizer> {
  const files = await readTokenizerFiles(folder.path).catch((error: unknown) => {
    throw new HumanError({
      file: folder.path,
      message: `The tokenizer cannot be loaded: ${(error instanceof Error ? error.message : String(error)).replace(/\.?$/, '.')}`,
      fix: 'The folder needs tokenizer.json and tokenizer_config.json of the same model.',
    });
  });
  const { tokenizer, named } = files;
  const special = files.specialTokens;
  const template = new Template(chatTemplate(files, folder));
  const endTokens = new Set(folder.endTokens);
  const ownEnd = idOf(tokenizer, named.eos_token);
  if (endTokens.size === 0 && ownEnd !== undefined) endTokens.add(ownEnd);

  const dateString = formatPinnedDate('%d %b %Y'); // once: it takes longer than encoding a prompt
  const render: Render = (turns) =>
    template.render({
      messages: [...turns],
      add_generation_prompt: true,
      tools: null,
      documents: null,
      ...named,
      pinned_date: formatPinnedDate,
      date_string: dateString,
    });
  let plain: Tokenizer | undefined; // made for the first prompt that needs it
  const encodeText = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  checkChatFormat({
    folder: folder.path,
    render: (prompt) => renderChat([userTurn(prompt)], render),
    encode: encodeText,
    unknown: idOf(tokenizer, named.unk_token),
    ends: [...endTokens].map((id) => tokenizer.decode([id])),
  });

  return {
    endTokens,
    encodeText,
    encode: (prompt, earlier = []) => {
      const turns = [...earlier, userTurn(prompt)];
      const text = renderChat(turns, render);
      const controlTokens = special.filter((token) => turns.some(({ content }) => content.includes(token)));
      if (controlTokens.length === 0) return { ids: encodeText(text), controlTokens };
      plain ??= files.withoutSpecialTokens();
      const parts: number[][] = [];
      let at = 0;
      for (const place of placesOf(turns, text, render)) {
        const [from, to] = betweenControlTokens(text, place, special);
        parts.push(
          encodeText(text.slice(at, from)),
          plain.encode(text.slice(from, to), { add_special_tokens: false }).ids,
        );
        at = to;
      }
      parts.push(encodeText(text.slice(at)));
      return { ids: parts.flat(), controlTokens };
    },
    // A model may end its reply at once.
    decode: (tokens) => (tokens.length === 0 ? '' : tokenizer.decode([...tokens], { skip_special_tokens: true })),
  };
}

type Render = (turns: readonly Turn[]) => string;

function userTurn(content: string): Turn {
  return { role: 'user', content };
}

function renderChat(turns: readonly Turn[], render: Render): string {
  try {
    return render(turns);
  } catch (error) {
    throw new HumanError({
      message: `The model's chat template takes no such chat (${turns.map(({ role }) => role).join(', ')}): ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Put a system prompt into the first question, let user and assistant take turns, or take the row out.',
    });
  }
}

/**
 * Where each turn's content stands in `text`, their rendered template.
 * @throws {HumanError} when the template rewrites one, so that it can't be told from the template's own text
 */
function placesOf(turns: readonly Turn[], text: string, render: Render): [from: number, to: number][] {
  const marker = '\u{10fffe}';
  const around = render(turns.map(({ role }) => ({ role, content: marker }))).split(marker);
  const places: [number, number][] = [];
  let at = around[0]!.length;
  for (const [i, { content }] of turns.entries()) {
    const kept = [content, content.trim()].find((one) => text.startsWith(one + around[i + 1]!, at));
    if (kept === undefined) break;
    places.push([at, at + kept.length]);
    at += kept.length + around[i + 1]!.length;
  }
  if (
    around.length === turns.length + 1 &&
    text.startsWith(around[0]!) &&
    at === text.length &&
    places.length === turns.length
  )
    return places;
  throw new HumanError({
    message:
      "The prompt holds the model's control tokens and is rewritten by its chat template, whose own they would be.",
    fix: 'Take the control tokens out of the prompt.',
  });
}

/** The stretch around [from, to) up to the control tokens next to it: a tokenizer takes what is between two as one piece. */
function betweenControlTokens(
  text: string,
  [from, to]: [from: number, to: number],
  special: readonly string[],
): [from: number, to: number] {
  const before = text.slice(0, from);
  const starts = special
    .filter((token) => before.includes(token))
    .map((token) => before.lastIndexOf(token) + token.length);
  const ends = special.map((token) => text.indexOf(token, to)).filter((at) => at >= 0);
  return [Math.max(0, ...starts), Math.min(text.length, ...ends)];
}

function idOf(tokenizer: Tokenizer, token: string | undefined): number | undefined {
  return token === undefined ? undefined : tokenizer.token_to_id(token);
}

function chatTemplate({ template }: TokenizerFiles, folder: ModelFolder): string {
  if (!template) {
    throw new HumanError({
      file: folder.path,
      message: 'The model has no chat template, so it is not known how it expects a prompt.',
      fix: 'Use a chat (instruct) model, or add its chat_template.jinja to the folder.',
    });
  }
  return template.replaceAll('strftime_now', 'pinned_date');
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
