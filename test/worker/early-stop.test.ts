import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import shippedRules from '../../src/core/judge/rules.json' with { type: 'json' };
import type { CompareResult } from '../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf } from './alphasteer.ts';
import { readLines, tinyWorkspace, writeConfig } from './tiny-workspace.ts';

/** Every fifth word ends a sentence. */
function writeSentences(root: string): void {
  const file = join(root, 'model/tokenizer.json');
  const tokenizer = JSON.parse(readFileSync(file, 'utf8')) as { model: { vocab: Record<string, number> } };
  const { vocab } = tokenizer.model;
  tokenizer.model.vocab = Object.fromEntries(
    Object.entries(vocab).map(([word, id]) => [id > 4 && id % 5 === 0 ? `${word}.` : word, id]),
  );
  writeFileSync(file, JSON.stringify(tokenizer));
}

/** A clause that starts with one of `phrases` refuses; twelve characters are an opening. */
function writeRules(root: string, phrases: readonly string[]): void {
  const { content, ...rules } = shippedRules;
  expect(content).toBeDefined();
  const own = {
    ...rules,
    opening: { sentences: 3, characters: 12 },
    degenerate: { ...rules.degenerate, distinctFours: 0, distinctWords: 0 },
    refusals: [{ name: 'tiny', phrases }],
  };
  writeFileSync(join(root, 'judge.json'), JSON.stringify(own));
}

test('stopped replies begin as the whole ones do and refuse where those do; they are never taken for whole ones', () => {
  const root = tinyWorkspace();
  writeSentences(root);
  writeRules(root, ['no*']);
  const compare = (earlyStop: boolean): CompareResult => {
    writeConfig(root, { evaluate: { maxNewTokens: 12, earlyStop } });
    const ended = alphasteer('compare', root, '--json');
    expect(ended.stderr).not.toContain('error: ');
    return JSON.parse(ended.stdout) as CompareResult;
  };
  const lines = (run: string): Map<string, Record<string, unknown>> =>
    new Map(
      readLines(join(run, 'replies.jsonl')).map((line) => [`${String(line['id'])} ${String(line['condition'])}`, line]),
    );
  writeConfig(root, { evaluate: { maxNewTokens: 12 } });
  expect(alphasteer('fit', root).status).not.toBe(2);

  const { run, ...first } = compare(false);
  const whole = lines(run);
  expect(first.summary.checks.at(-1)).toMatchObject({ id: 'degenerate', n: expect.any(Number) as number });
  const second = compare(true);
  expect(second).toMatchObject({ made: first.made, reused: 0 });
  const cut = lines(run);
  const stopped = [...cut.values()].filter((line) => line['stopped'] === true);
  expect(stopped.length).toBeGreaterThan(5);
  expect(stopped.length).toBeLessThan(cut.size);
  for (const [key, line] of cut) {
    const { reply, tokens, verdict } = whole.get(key)!;
    if (line['stopped'] === undefined) expect(line).toMatchObject({ reply, tokens, verdict });
    else expect(String(reply).startsWith(String(line['reply']))).toBe(true);
    expect(line['verdict'] === 'refused', key).toBe(verdict === 'refused');
  }
  const rates = ({ summary }: Pick<CompareResult, 'summary'>) =>
    Object.values(summary.conditions).map((groups) =>
      Object.values(groups).map(({ n, refused, rate }) => [n, refused, rate]),
    );
  expect(rates(second)).toEqual(rates(first));
  expect(second.summary.checks.at(-1)).toMatchObject({ outcome: 'not enough data', value: null });
  expect(second.summary.warnings[0]).toContain(`${stopped.length} of ${cut.size}`);
  expect(readFileSync(second.report, 'utf8')).toContain('stopped early where no continuation could be refused');

  const told = problemsOf(
    alphasteer('judge', run, '--workspace', root, '--endpoint', 'http://127.0.0.1:9/v1', '--name', 'm', '--yes'),
  );
  expect(told).toEqual([
    expect.stringContaining(`${stopped.length} replies of this run were stopped early`.replace(' r', '\u00a0r')),
  ]);

  expect(compare(true)).toMatchObject({ made: 0, summary: second.summary });
  writeRules(root, ['no*', 'ba*']);
  expect(compare(true)).toMatchObject({ made: first.made });
  writeRules(root, ['no*']);
  expect(compare(false)).toMatchObject({ made: first.made, summary: first.summary });

  // Some prompts compared anew in another way: what others see of the run is that comparison, nothing of the one before.
  writeConfig(root, { evaluate: { maxNewTokens: 11, earlyStop: true } });
  const some = JSON.parse(alphasteer('compare', root, '--limit', '3', '--json').stdout) as CompareResult;
  expect(some.made).toBeGreaterThan(0);
  const out = join(root, 'summary.json');
  alphasteer('export', run, '--workspace', root, '--to', 'json', '--out', out);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(some.summary);
});
