/** What the reply view and the editor say to each other: one prompt, base and steered, as they are decoded. */
import type { Question } from '../core/prompts/prompt.ts';
import type { AskResult, StreamedText } from './worker-api.ts';

export type Outcome =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly result: AskResult }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string };

export interface Asked {
  readonly question: Question;
  /** What has come of each reply so far. */
  readonly texts: Readonly<Record<StreamedText['condition'], string>>;
  /** The chance of refusal by the first token, as far as it has come. */
  readonly firstToken: Readonly<Partial<Record<StreamedText['condition'], number>>>;
  readonly outcome: Outcome;
}

/** From the editor. `asked` answers `ready` and starts a new prompt. */
export type ReplyMessage =
  | { readonly type: 'asked'; readonly asked: Asked }
  | ({ readonly type: 'text' } & StreamedText)
  | { readonly type: 'outcome'; readonly outcome: Outcome };

/** From the page; `again` asks the same prompt once more. */
export type ReplyRequest = { readonly type: 'ready' } | { readonly type: 'stop' } | { readonly type: 'again' };

/** A prompt whose replies are about to come. */
export function begun(question: Question): Asked {
  return { question, texts: { base: '', steered: '' }, firstToken: {}, outcome: { kind: 'running' } };
}

export function withPiece(asked: Asked, { condition, text, firstToken }: StreamedText): Asked {
  return {
    ...asked,
    texts: { ...asked.texts, [condition]: asked.texts[condition] + text },
    ...(firstToken !== undefined && { firstToken: { ...asked.firstToken, [condition]: firstToken } }),
  };
}
