import { basename } from 'node:path';
import { AutoTokenizer, type PreTrainedTokenizer } from '@huggingface/transformers';
import { beforeAll, expect, test } from 'vitest';
import { loadTokenizer, type ChatTokenizer } from '../../../src/worker/chat-tokenizer.ts';
import { openModelFolder } from '../../../src/worker/model-folder.ts';
import { readNumbers } from './pytorch-numbers.ts';
import { quickstartModel } from './quickstart.ts';

const { prompts } = readNumbers('tokens');
const plain = prompts.filter(({ asText }) => asText === undefined);
const withControlTokens = prompts.filter(({ asText }) => asText !== undefined);
let ours: ChatTokenizer;
let theirs: PreTrainedTokenizer;

beforeAll(async () => {
  ours = await loadTokenizer(await openModelFolder(quickstartModel));
  // loadTokenizer has set the folder that this one is looked for in
  theirs = await AutoTokenizer.from_pretrained(basename(quickstartModel), { local_files_only: true });
});

test.each(plain)("$id: the ids of PyTorch's tokenizer", ({ prompt, ids }) => {
  expect(ours.encode(prompt).ids).toEqual(ids);
});

test.each(plain)("$id: the ids of transformers.js' chat template", ({ prompt }) => {
  const ids = theirs.apply_chat_template([{ role: 'user', content: prompt }], {
    add_generation_prompt: true,
    return_tensor: false,
    return_dict: false,
  });
  expect(ours.encode(prompt).ids).toEqual(ids);
});

test.each(withControlTokens)('$id: control tokens are read as the text they are', ({ prompt, asText }) => {
  const { ids, controlTokens } = ours.encode(prompt);
  expect(ids).toEqual(asText);
  expect(controlTokens.every((token) => prompt.includes(token))).toBe(true);
  expect(controlTokens.length).toBeGreaterThan(0);
});
