import type { Turn } from './turn.ts';

export const labels = ['benign', 'borderline', 'harmful', 'jailbreak'] as const;

/**
 * What a prompt is, hence what the model should do with it: `benign` and `borderline` (safe, but sounds dangerous)
 * prompts should be answered, `harmful` and `jailbreak` prompts refused.
 */
export type Label = (typeof labels)[number];

/** Harmful and jailbreak prompts are the malicious ones: H_m of the paper. The rest is H_b. */
export function isMalicious(label: Label): boolean {
  return label === 'harmful' || label === 'jailbreak';
}

/** What a model is asked: a prompt and the chat before it. */
export type Question = Pick<Prompt, 'text' | 'earlier'>;

/** The same for the same question. */
export function questionKey({ text, earlier = [] }: Question): string {
  return JSON.stringify([text, earlier]);
}

/** One prompt of a prompt file, and where it stands. */
export interface Prompt {
  /** Unique in a run: the row's own `id`, or `<file>:<line>`. */
  readonly id: string;
  readonly text: string;
  /** The chat before the prompt, where the row has one (`system`, `messages`). */
  readonly earlier?: readonly Turn[];
  readonly label: Label;
  /** The kind of jailbreak, where the row names one (`attack`). */
  readonly attack?: string;
  /** What is asked for, where the row names it (`goal`); prompts with one goal are never split between fit and evaluation. */
  readonly goal?: string;
  /** The row's `category`, `template` fields, where given. */
  readonly category?: string;
  readonly template?: string;
  /** Path as the workspace knows it, and the position of the prompt's text, from 1. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
