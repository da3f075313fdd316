import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judge } from '../../../src/core/judge/judge.ts';
import type { LabelledReply } from '../../../src/core/judge/labelled-replies.ts';
import { refusalRuledOut } from '../../../src/core/judge/refusal-ruled-out.ts';
import { shippedRules } from '../../../src/core/judge/rules.ts';
import { loadTokenizer } from '../../../src/worker/model-files/chat-tokenizer.ts';
import { enoughWhere } from '../../../src/worker/compare/early-stop.ts';
import { openModelFolder } from '../../../src/worker/model-files/model-folder.ts';
import { quickstartModel } from '../agreement/quickstart.ts';

const replies = readFileSync('test/fixtures/judge/develop.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as LabelledReply).reply);

test('of the labelled replies token by token, none is a refusal that was found not to be one before, half characters or not', async () => {
  const tokenizer = await loadTokenizer(await openModelFolder(quickstartModel));
  const enough = enoughWhere((reply) => refusalRuledOut(reply, shippedRules), tokenizer);
  let tokens = 0;
  let saved = 0;
  for (const reply of replies) {
    const ids = tokenizer.encodeText(reply);
    const end = ids.findIndex((_, i) => i > 0 && enough(0, ids.slice(0, i)));
    tokens += ids.length;
    if (end === -1) continue;
    saved += ids.length - end;
    expect(judge(tokenizer.decode(ids)).verdict).not.toBe('refused');
    for (let i = end; i <= ids.length; i++)
      expect(judge(tokenizer.decode(ids.slice(0, i))).verdict).not.toBe('refused');
  }
  expect({ tokens, saved }).toMatchInlineSnapshot(`
    {
      "saved": 2672,
      "tokens": 21543,
    }
  `);
});
