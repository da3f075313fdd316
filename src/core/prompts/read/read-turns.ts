import { roles, type Turn } from '../turn.ts';

/**
 * A chat as rows have it in `messages`: the last message, which must be a user's, is the prompt. A CSV cell holds the
 * list as JSON.
 * @returns the turns before the prompt and the prompt, or why it is no such chat
 */
export function readTurns(value: unknown): { earlier: readonly Turn[]; prompt: string } | string {
  const list = typeof value === 'string' ? parsed(value) : value;
  if (!Array.isArray(list)) return '"messages" is not a list of messages.';
  const turns: Turn[] = [];
  for (const [i, message] of (list as unknown[]).entries()) {
    const { role, content } = (message ?? {}) as { role?: unknown; content?: unknown };
    const known = roles.find((name) => name === role);
    if (known === undefined || typeof content !== 'string' || content.trim() === '')
      return `Message ${i + 1} of the chat needs a role (${roles.join(', ')}) and a content of text.`;
    if (known === 'system' && i > 0) return `Message ${i + 1} is a system prompt; only the first can be one.`;
    turns.push({ role: known, content });
  }
  const last = turns.pop();
  if (last?.role !== 'user') return "The last message of the chat is not a user's, so there is no prompt.";
  return { earlier: turns, prompt: last.content };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
