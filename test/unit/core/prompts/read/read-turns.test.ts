import { expect, test } from 'vitest';
import { describeProblem } from '../../../../../src/core/problem.ts';
import { parsePromptFile } from '../../../../../src/core/prompts/read/parse-prompt-file.ts';

const chat = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello.' },
  { role: 'user', content: 'Who are you?' },
];

function problemsOf(row: object): string[] {
  return parsePromptFile('benign.jsonl', JSON.stringify(row)).problems.map((problem) => describeProblem(problem));
}

test("a chat's last message is the prompt, the others come before it; in JSON and as a JSON text in a CSV cell", () => {
  const csv = `messages\n"${JSON.stringify(chat).replaceAll('"', '""')}"\n`;
  for (const { prompts, problems } of [
    parsePromptFile('benign.jsonl', JSON.stringify({ messages: chat })),
    parsePromptFile('benign.csv', csv),
  ]) {
    expect(problems).toEqual([]);
    expect(prompts).toMatchObject([
      { text: 'Who are you?', earlier: chat.slice(0, -1), line: expect.any(Number) as number },
    ]);
  }
});

test('a system prompt beside the prompt', () => {
  expect(parsePromptFile('benign.jsonl', '{"prompt": "Hi", "system": "Be brief."}').prompts).toMatchObject([
    { text: 'Hi', earlier: [{ role: 'system', content: 'Be brief.' }] },
  ]);
  expect(parsePromptFile('benign.jsonl', '{"prompt": "Hi"}').prompts[0]).not.toHaveProperty('earlier');
});

test.each([
  [{ messages: 'Hi' }, '"messages" is not a list'],
  [{ messages: [] }, "not a user's"],
  [{ messages: chat.slice(0, 3) }, "not a user's"],
  [{ messages: [{ role: 'tool', content: 'x' }] }, 'Message 1 of the chat needs a role'],
  [{ messages: [null] }, 'Message 1 of the chat needs a role'],
  [{ messages: [{ role: 'user', content: ' ' }] }, 'and a content of text'],
  [{ messages: [chat[1], chat[0]] }, 'Message 2 is a system prompt'],
])('a chat that is none is a fault with its place: %j', (row, words) => {
  const [problem, ...more] = problemsOf(row);
  expect(problem).toMatch(/benign\.jsonl:1:1[34]/);
  expect(problem).toContain(words);
  expect(more).toEqual([]);
});
