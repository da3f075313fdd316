import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readRuns } from '../../../../src/vscode/runs/read-runs.ts';
import { appendOverride } from '../../../../src/workspace/runs/overrides-file.ts';
import { readReplies } from '../../../../src/workspace/runs/run-replies.ts';
import { fakeRun } from '../../core/report/fake-run.ts';
import { writeMadeRun } from '../../../vscode/host/made-project.ts';

test('a run listed again has the stamp of before, until there are other replies or a person’s verdict', async () => {
  const root = await mkdtemp(join(tmpdir(), 'alphasteer-runs-'));
  onTestFinished(() => rm(root, { recursive: true }));
  writeMadeRun(root, 'one', 1, fakeRun({ harmful: 2, perUnseenKind: 1, perSeenKind: 1, benign: 2, borderline: 2 }));
  const project = { root, name: 'project', config: null, roleOf: () => null };
  const stamp = async (): Promise<string> => (await readRuns(project))[0]!.stamp;
  const runs = join(root, '.alphasteer/runs');
  const run = join(runs, (await readdir(runs))[0]!);
  const before = await stamp();
  expect(await stamp()).toBe(before);

  const [reply] = await readReplies(run, () => undefined);
  await appendFile(join(run, 'replies.jsonl'), `${JSON.stringify(reply)}\n`);
  const withReply = await stamp();
  expect(withReply).not.toBe(before);

  const { id, condition, strength, reply: text } = reply!;
  await appendOverride(run, { id, condition, strength, reply: text, verdict: 'refused' });
  expect(await stamp()).not.toBe(withReply);
});
