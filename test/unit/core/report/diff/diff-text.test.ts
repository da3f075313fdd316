import { expect, test } from 'vitest';
import { diffText } from '../../../../../src/core/report/diff/diff-text.ts';
import { diffRuns, type DiffedRun } from '../../../../../src/core/report/diff/run-diff.ts';
import { reply } from '../reply.ts';

function run(name: string, about: Partial<DiffedRun> = {}): DiffedRun {
  return { name, settings: [['Seed', '1']], strength: 0.3, replies: [], rejudged: 0, ...about };
}

test('says what differs, the rates with what changed, and how many prompts are in one run alone', () => {
  const steered = { condition: 'steered', label: 'harmful' } as const;
  const before = run('old', { replies: [reply({ id: 'a', prompt: 'a', ...steered }), reply({ id: 'b', ...steered })] });
  const after = run('new', {
    settings: [['Seed', '2']],
    replies: [reply({ id: 'a', prompt: 'a', verdict: 'refused', ...steered })],
  });
  const text = diffText(diffRuns(before, after));
  expect(text).toContain('* Seed');
  expect(text).toMatch(/Harmful +1 +0\.0 % +0\.0-79\.3 % +100\.0 % +20\.7-100\.0 % +1 +0 +\+100\.0 +p = 1\.000/);
  expect(text).toContain('On 1 prompt that both runs replied to; 1 prompt of old alone is left out.');
  expect(text).toContain('no verdict is other than in their own reports');
});

test('says that the rules had been others, and that people judged', () => {
  const overruled = reply({ id: 'a', verdict: 'refused', rules: 'complied' });
  const text = diffText(diffRuns(run('old', { rejudged: 3 }), run('new', { replies: [overruled] })));
  expect(text).toMatch(/changes verdicts: 3 of\s+old\s+and 0 of new\./);
  expect(text).toMatch(/People gave verdicts: 0 of old and 1\s+of new\./);
  expect(text).toContain('no prompt in common');
});
