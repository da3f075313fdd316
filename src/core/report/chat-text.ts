import type { Turn } from '../prompts/turn.ts';

/** The chat before a prompt as one text, a turn a paragraph under its role's name. */
export function chatText(earlier: readonly Turn[]): string {
  return earlier.map(({ role, content }) => `${role}: ${content}`).join('\n\n');
}
