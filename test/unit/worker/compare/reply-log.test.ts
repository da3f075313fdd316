import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openReplyLog } from '../../../../src/worker/compare/reply-log.ts';
import { tellingLog } from '../../../../src/worker/compare/tell-comparison.ts';
import { reply } from '../../core/report/reply.ts';

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'replies.jsonl');
}

test('the last line is that of the file, until one is added', async () => {
  const path = file();
  const [a, b] = [reply({ id: 'a' }), reply({ id: 'b' })];
  const first = await openReplyLog(path, () => undefined);
  expect(first.last()).toBeUndefined();
  await first.add([a, b]);
  expect(first.last()).toEqual(b);
  await first.close();
  const again = await openReplyLog(path, () => undefined);
  expect(again.last()).toEqual(b);
  await again.add([]);
  expect(again.last()).toEqual(b);
  await again.add([a]);
  expect(again.last()).toEqual(a);
  await again.close();
});

test('of what comparison lines are is told before the first of them is written', async () => {
  const path = file();
  const seen: string[] = [];
  const log = tellingLog(await openReplyLog(path, () => undefined), async () => {
    seen.push(readFileSync(path, 'utf8'));
    return Promise.resolve();
  });
  await log.add([]);
  expect(seen).toEqual([]);
  await log.add([reply({ id: 'a' })]);
  expect(seen).toEqual(['']);
  await log.close();
});
