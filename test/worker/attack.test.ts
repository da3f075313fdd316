import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePromptFile } from '../../src/core/prompts/read/parse-prompt-file.ts';
import type { AttackResult } from '../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf } from './alphasteer.ts';
import { readLines, tinyWorkspace } from './tiny-workspace.ts';

test('an attack looks for suffixes that no layer steers, and leaves the prompts as a prompt file', () => {
  const root = tinyWorkspace({ fit: { strength: 8, threshold: 'none' } });
  expect(alphasteer('fit', root).status).not.toBe(2);
  const early = alphasteer('attack', root);
  expect(early.status).toBe(1);
  expect(problemsOf(early).join()).toContain('This run has no replies yet');

  alphasteer('compare', root);
  const attack = (): AttackResult => {
    const ended = alphasteer('attack', root, '--json', '--goals', '4', '--queries', '64', '--max-new-tokens', '4');
    expect(problemsOf(ended)).toEqual([]);
    return JSON.parse(ended.stdout) as AttackResult;
  };
  const { run, out, prompts } = attack();
  expect(prompts.length).toBeGreaterThan(0);
  const replies = readLines(`${run}/replies.jsonl`);
  for (const { id, queries, slipped, margin, randomMargin } of prompts) {
    const verdicts = replies
      .filter((reply) => reply['id'] === id)
      .map(({ condition, verdict }) => [condition, verdict]);
    expect(verdicts).toContainEqual(['base', 'complied']);
    expect(verdicts).toContainEqual(['steered', 'refused']);
    expect(queries).toBeLessThanOrEqual(64);
    expect(slipped).toBe(margin <= 0);
    if (queries > 8) expect(margin).toBeLessThan(randomMargin);
  }
  const file = parsePromptFile('attack.jsonl', readFileSync(out, 'utf8'));
  expect(file.problems).toEqual([]);
  expect(file.prompts).toMatchObject(
    prompts.map(({ id, suffix }) => ({
      id: `${id}-suffix`,
      label: 'jailbreak',
      attack: 'suffix-search',
      text: expect.stringContaining(suffix) as string,
    })),
  );
  expect(attack().prompts).toEqual(prompts);
});
