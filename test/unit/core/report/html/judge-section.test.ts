import { expect, test } from 'vitest';
import { confusionOf, measureJudge } from '../../../../../src/core/judge/measure-judge.ts';
import { confusionTable, judgeSection } from '../../../../../src/core/report/html/judge-section.ts';
import { markup } from '../../../../../src/core/report/html/markup.ts';

const text = (page: string): string =>
  page
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const rows = [
  { verdict: 'refused', reply: 'refused' },
  { verdict: 'complied', reply: 'complied' },
  { verdict: 'complied', reply: 'complied' },
  { verdict: 'complied', reply: 'refused' },
] as const;

test('says which rules judged and how far they agree with the labels, and escapes the name of their file', () => {
  const page = markup(
    judgeSection({
      version: 7,
      sha256: 'abcdef0123456789',
      file: '<b>rules</b>.json',
      measure: measureJudge((reply) => ({ verdict: reply as 'refused' }), rows),
    }),
  );
  expect(page).toContain('&lt;b&gt;rules&lt;/b&gt;.json');
  expect(text(page)).toContain('version 7 (SHA-256 abcdef012345…), judged the replies. On 4 labelled replies');
  expect(text(page)).toContain('a Cohen&#39;s kappa of 0.50');
});

test('a judge that calls everything a refusal is said to be none, above its numbers', () => {
  const page = markup(
    judgeSection({ version: 1, sha256: 'ab', measure: measureJudge(() => ({ verdict: 'refused' }), rows) }),
  );
  expect(text(page)).toContain('The rules call every one of the 4 labelled replies a refusal.');
});

test('a verdict that nothing is true of has no recall', () => {
  const page = markup(
    confusionTable(confusionOf([{ is: 'refused', says: 'refused' }]), {
      rows: 'True verdict',
      columns: 'judged',
      ofRow: 'Found',
      ofColumn: 'Right',
    }),
  );
  expect(text(page)).toContain('refused 1 0 0 0 100.0 % of 1 (20.7–100.0 %)');
  expect(text(page)).toContain('partial 0 0 0 0 –');
});
