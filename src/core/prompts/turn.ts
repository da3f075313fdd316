export const roles = ['system', 'user', 'assistant'] as const;

/** What came before the prompt in its chat: a system prompt, earlier questions and answers. */
export interface Turn {
  readonly role: (typeof roles)[number];
  readonly content: string;
}
