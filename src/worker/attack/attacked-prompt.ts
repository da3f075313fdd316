import type { Prompt } from '../../core/prompts/prompt.ts';

/** A prompt with a suffix behind it. Its goal is the prompt itself. */
export function attacked(prompt: Prompt, suffix: string): Prompt {
  const { id, text } = prompt;
  return {
    ...prompt,
    id: `${id}-suffix`,
    text: `${text} ${suffix}`,
    label: 'jailbreak',
    attack: 'suffix-search',
    goal: text,
  };
}

/** A line of a prompt file. */
export function promptLine({ id, text, earlier, label, attack, goal }: Prompt): string {
  const asked = earlier === undefined ? { prompt: text } : { messages: [...earlier, { role: 'user', content: text }] };
  return `${JSON.stringify({ id, ...asked, label, attack, goal })}\n`;
}
