import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { readTokenizerFiles } from '../../../../src/worker/model-files/tokenizer-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'alphasteer-tokenizer-'));
afterAll(() => rmSync(folder, { recursive: true }));

const control = (content: string, id: number, special: boolean): object => ({
  content,
  id,
  special,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
});
writeFileSync(
  join(folder, 'tokenizer.json'),
  JSON.stringify({
    added_tokens: [control('<s>', 1, true), control('<tool>', 2, false)],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab: { '<unk>': 0, '<s>': 1, '<tool>': 2, hello: 3, s: 4 }, unk_token: '<unk>' },
  }),
);
writeFileSync(
  join(folder, 'tokenizer_config.json'),
  JSON.stringify({
    bos_token: { __type: 'AddedToken', content: '<s>' },
    eos_token: null,
    unk_token: '<unk>',
    chat_template: 'hi',
  }),
);

test('named tokens are read as text or as objects, and those the model does not have are left out', async () => {
  const { named, template, specialTokens } = await readTokenizerFiles(folder);
  expect(named).toEqual({ bos_token: '<s>', unk_token: '<unk>' });
  expect({ template, specialTokens }).toEqual({ template: 'hi', specialTokens: ['<s>'] });
});

test('without special tokens, a control token is text, and other added tokens stay', async () => {
  const { tokenizer, withoutSpecialTokens } = await readTokenizerFiles(folder);
  const ids = (of: typeof tokenizer): readonly number[] =>
    of.encode('<s> hello <tool>', { add_special_tokens: false }).ids;
  expect(ids(tokenizer)).toEqual([1, 3, 2]);
  expect(ids(withoutSpecialTokens())).toEqual([0, 4, 0, 3, 2]);
});

test('of several templates the default one is taken, and a file of its own before all', async () => {
  const other = mkdtempSync(join(tmpdir(), 'alphasteer-tokenizer-'));
  onTestFinished(() => rmSync(other, { recursive: true }));
  copyFileSync(join(folder, 'tokenizer.json'), join(other, 'tokenizer.json'));
  const templates = (names: string[]): void => {
    const list = names.map((name) => ({ name, template: `for ${name}` }));
    writeFileSync(join(other, 'tokenizer_config.json'), JSON.stringify({ chat_template: list }));
  };
  templates(['tool_use', 'default']);
  expect((await readTokenizerFiles(other)).template).toBe('for default');
  templates(['tool_use']);
  expect((await readTokenizerFiles(other)).template).toBeUndefined();
  writeFileSync(join(other, 'chat_template.jinja'), 'of the file');
  expect((await readTokenizerFiles(other)).template).toBe('of the file');
});

test('a file that is missing is an error', async () => {
  await expect(readTokenizerFiles(join(folder, 'none'))).rejects.toThrow('ENOENT');
});
