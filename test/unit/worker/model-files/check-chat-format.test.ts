import { expect, test } from 'vitest';
import { checkChatFormat, type ChatFormat } from '../../../../src/worker/model-files/check-chat-format.ts';

const format: ChatFormat = {
  folder: 'model',
  render: (prompt) => `<user> ${prompt} <end>\n<bot>`,
  encode: (text) => (text === '<robot>' ? [0] : [7]),
  unknown: 0,
  ends: ['<end>'],
};
const check = (changed: Partial<ChatFormat>) => (): void => {
  checkChatFormat({ ...format, ...changed });
};

test('a format that prints the question and opens a reply passes, also one that opens it by closing the question', () => {
  expect(check({})).not.toThrow();
  expect(check({ render: (prompt) => `[INST] ${prompt} [/INST]` })).not.toThrow();
});

test('a template without the prompt, without a generation prompt, or with tokens the tokenizer does not know is refused', () => {
  expect(check({ render: () => '<user> <bot>' })).toThrow('model: The chat template does not print the prompt.');
  expect(check({ render: (prompt) => `<user> ${prompt} <end>\n` })).toThrow(
    'The chat template adds no generation prompt: after the question comes " <end>\\n", which opens no reply.',
  );
  expect(check({ render: (prompt) => prompt })).toThrow('adds no generation prompt');
  expect(check({ render: (prompt) => `<user> ${prompt} <robot>` })).toThrow(
    'The chat template prints <robot>, which the tokenizer does not know.',
  );
});

test('a model whose replies would never end is refused', () => {
  expect(check({ ends: [] })).toThrow('It is not known which token ends a reply');
  expect(check({ ends: [''] })).toThrow('It is not known which token ends a reply');
});

test('of several ends one that the tokenizer does not have is no end of every text', () => {
  expect(check({ ends: ['<end>', ''] })).not.toThrow();
});
