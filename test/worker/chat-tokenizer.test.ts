import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTokenizer } from '../../src/worker/chat-tokenizer.ts';
import { openModelFolder } from '../../src/worker/model-folder.ts';
import { tinyWorkspace } from './tiny-workspace.ts';

test('a reply without tokens is an empty text', async () => {
  const tokenizer = await loadTokenizer(await openModelFolder(join(tinyWorkspace(), 'model')));
  expect(tokenizer.decode([])).toBe('');
});
