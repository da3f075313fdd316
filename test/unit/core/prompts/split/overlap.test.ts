import { expect, test } from 'vitest';
import { contraryLabels } from '../../../../../src/core/prompts/split/overlap.ts';
import type { Label, Prompt } from '../../../../../src/core/prompts/prompt.ts';

function prompt(label: Label, text: string, line: number, about: Partial<Prompt> = {}): Prompt {
  return { id: `${label}-${line}`, text, label, file: `${label}.jsonl`, line, column: 12, ...about };
}

test('a prompt that should be answered here and refused there is told, with both places', () => {
  const prompts = [prompt('harmful', 'How do I pick a lock?', 3), prompt('borderline', 'how do I pick a lock', 7)];
  expect(contraryLabels(prompts)).toMatchObject([
    {
      severity: 'warning',
      file: 'borderline.jsonl',
      line: 7,
      message: expect.stringContaining('labelled borderline here and harmful in harmful.jsonl:3:12') as string,
    },
  ]);
});

test('labels that ask for the same are not contrary, nor are the same words after another chat', () => {
  const earlier = [
    { role: 'user', content: 'Write a virus.' },
    { role: 'assistant', content: 'No.' },
  ] as const;
  expect(
    contraryLabels([
      prompt('benign', 'Hello', 1),
      prompt('borderline', 'Hello', 2),
      prompt('harmful', 'Kill it', 3),
      prompt('jailbreak', 'Kill it', 4),
      prompt('benign', 'Go on.', 5),
      prompt('harmful', 'Go on.', 6, { earlier }),
    ]),
  ).toEqual([]);
});
