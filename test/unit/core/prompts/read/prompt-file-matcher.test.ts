import { expect, test } from 'vitest';
import { matchPromptFiles, promptFileMatcher } from '../../../../../src/core/prompts/read/prompt-file-matcher.ts';

const prompts = {
  fit: [{ files: 'prompts/benign*.jsonl', label: 'benign' as const }, { files: './prompts/*.jsonl' }],
  evaluate: [{ files: 'prompts/*-heldout.jsonl' }],
};

test('the first entry that matches decides, and evaluate goes before fit', () => {
  const roleOf = promptFileMatcher(prompts);
  expect(roleOf('prompts/benign.jsonl')).toEqual({ part: 'fit', entry: 0, options: { label: 'benign' } });
  expect(roleOf('prompts/harmful.jsonl')).toEqual({ part: 'fit', entry: 1, options: {} });
  expect(roleOf('prompts/benign-heldout.jsonl')).toEqual({ part: 'evaluate', entry: 0, options: {} });
  expect(roleOf('prompts/deep/x.jsonl')).toBeNull();
  expect(roleOf('alphasteer.json')).toBeNull();
});

test('files come by entry and path, whatever order the file system has', () => {
  const paths = [
    'prompts/z.jsonl',
    'prompts/benign-heldout.jsonl',
    'prompts/benign.jsonl',
    'prompts/a.jsonl',
    'README.md',
  ];
  const { files, problems } = matchPromptFiles(prompts, paths, 'alphasteer.json', () => ({ line: 1, column: 1 }));
  expect(problems).toEqual([]);
  expect(files.map(({ file, part }) => `${part} ${file}`)).toEqual([
    'fit prompts/benign.jsonl',
    'fit prompts/a.jsonl',
    'fit prompts/z.jsonl',
    'evaluate prompts/benign-heldout.jsonl',
  ]);
});

test('an entry that gets no file is a problem at its place', () => {
  const place = (path: readonly (string | number)[]) => ({ line: path.length, column: Number(path[2]) + 1 });
  const { problems } = matchPromptFiles(prompts, ['prompts/benign.jsonl'], 'alphasteer.json', place);
  expect(problems).toMatchObject([
    {
      file: 'alphasteer.json',
      line: 4,
      column: 2,
      message: expect.stringMatching(/belongs to an entry before it/) as string,
    },
    { line: 4, column: 1, message: 'No file of the workspace matches "prompts/*-heldout.jsonl".' },
  ]);
});
