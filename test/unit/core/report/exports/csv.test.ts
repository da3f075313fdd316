import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repliesCsv } from '../../../../../src/core/report/exports/csv.ts';
import { applyOverrides } from '../../../../../src/core/evaluation/replies/apply-overrides.ts';
import { reply } from '../reply.ts';

const settings = { strength: 0.3, layers: [9, 12] };

function rows(csv: string): Record<string, string>[] {
  return parse(csv, { bom: true, columns: true, record_delimiter: '\r\n' });
}

test('a row a prompt and condition, with scores by layer', () => {
  const base = reply({ id: 'a', scores: [0.5, -0.25] });
  const read = rows(repliesCsv([base, { ...base, condition: 'steered', strength: 0.3, verdict: 'refused' }], settings));
  expect(read.map(({ condition, verdict, as_expected }) => [condition, verdict, as_expected])).toEqual([
    ['base', 'complied', 'true'],
    ['steered', 'refused', 'false'],
  ]);
  expect(read[0]).toMatchObject({ id: 'a', expected: 'should be answered', score_9: '0.5', score_12: '-0.25' });
});

test('Excel is told that it is UTF-8, by a byte order mark before the head and nowhere else', () => {
  const csv = repliesCsv([reply({ id: 'ä', prompt: 'Wie bäckt man Brot?', reply: '日本語' })], settings);
  expect([...Buffer.from(csv).subarray(0, 5)]).toEqual([0xef, 0xbb, 0xbf, ...Buffer.from('id')]);
  expect(csv.lastIndexOf('\ufeff')).toBe(0);
  expect(csv.match(/\r\n/g)).toHaveLength(2);
  expect(rows(csv)[0]).toMatchObject({ id: 'ä', prompt: 'Wie bäckt man Brot?', reply: '日本語' });
});

test('any text that is no formula is read back as it was', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((value) => /^[^\s=+\-@＝＋－＠]/u.test(value));
  fc.assert(
    fc.property(text, text, (prompt, said) => {
      const [read] = rows(repliesCsv([reply({ id: 'a', prompt, reply: said })], settings));
      expect([read!['prompt'], read!['reply']]).toEqual([prompt, said]);
    }),
  );
});

test.each(['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1'])(
  'no cell starts as a formula does: %j',
  (formula) => {
    const [read] = rows(repliesCsv([reply({ id: formula, attack: formula, reply: formula, file: formula })], settings));
    for (const column of ['id', 'attack', 'reply', 'file']) expect(read![column]).toBe(`'${formula}`);
  },
);

test('a verdict of a person counts, and the rules’ stands beside it', () => {
  const made = reply({ id: 'a', condition: 'steered', strength: 0.3 });
  const override = { id: 'a', condition: 'steered', strength: 0.3, reply: made.reply, verdict: 'refused' } as const;
  const [read] = rows(repliesCsv(applyOverrides([made], [override]), settings));
  expect(read).toMatchObject({ verdict: 'refused', rules: 'complied', as_expected: 'false' });
});

test('a reply that is a beginning says so', () => {
  const stopped = reply({ id: 'b', stopped: true });
  expect(rows(repliesCsv([reply({ id: 'a' }), stopped], settings)).map((row) => row['stopped_early'])).toEqual([
    'false',
    'true',
  ]);
});
