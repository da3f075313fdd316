import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTokenizer } from '../../src/worker/model-files/chat-tokenizer.ts';
import { openModelFolder } from '../../src/worker/model-files/model-folder.ts';
import { tinyWorkspace } from './tiny-workspace.ts';

test('a reply without tokens is an empty text', async () => {
  const tokenizer = await loadTokenizer(await openModelFolder(join(tinyWorkspace(), 'model')));
  expect(tokenizer.decode([])).toBe('');
});

test('a very long prompt that holds a control token is encoded like one that holds none', async () => {
  const tokenizer = await loadTokenizer(await openModelFolder(join(tinyWorkspace(), 'model')));
  const long = 'bake '.repeat(200_000);
  const { ids, controlTokens } = tokenizer.encode(`</s> ${long}`);
  expect(controlTokens).toEqual(['</s>']);
  expect(ids.slice(-1000)).toEqual(tokenizer.encode(long).ids.slice(-1000));
});
