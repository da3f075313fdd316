import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CancelledError } from '../../src/core/cancelled.ts';
import { openModel, type Model } from '../../src/worker/model/model.ts';
import type { ChatSession } from '../../src/worker/session/chat-session.ts';
import { LaneProcess } from '../../src/worker/lanes/lane-process.ts';
import { LanedChat } from '../../src/worker/lanes/laned-chat.ts';
import { laneCount, laneThreads } from '../../src/worker/lanes/lane-count.ts';
import { openChatSession, openExtractionSession } from '../../src/worker/session/model-session.ts';
import type { RawReply } from '../../src/worker/session/raw-reply.ts';
import { quickstart, unwatched } from './agreement/quickstart.ts';
import { writeTinyWorkspace } from './tiny-workspace.ts';

const lane = join(import.meta.dirname, '../../dist/lane.js');
const words = ['bake', 'dife', 'gula', 'mela', 'riru', 'posa', 'sa', 'te', 'vi', 'zo'];

let model: Model;
let prompts: (readonly number[])[];
const root = mkdtempSync(join(tmpdir(), 'alphasteer-lanes-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeAll(async () => {
  writeTinyWorkspace(root, 200, {});
  model = await openModel({ path: join(root, 'model'), dtype: 'fp32', device: 'cpu', threads: 1 });
  prompts = Array.from(
    { length: 90 },
    (_, i) => model.tokenizer.encode([i, i + 1, i + 2].map((at) => words[(at * (1 + (i % 7))) % 10]!).join(' ')).ids,
  );
});

/** Replies at two strengths, with the logits of each first token. */
async function repliesOf(
  chat: Pick<ChatSession, 'setSteering' | 'reply'>,
  alone: boolean,
): Promise<{ replies: RawReply[]; firsts: Float32Array[] }> {
  const d = model.hiddenSize;
  chat.setSteering({
    w: Float32Array.from({ length: d }, (_, i) => Math.sin(i)),
    r: Float32Array.from({ length: d }, (_, i) => Math.cos(i)),
    thresholds: Float32Array.of(-Infinity),
  });
  const firsts: Float32Array[] = [];
  const rows = prompts.map((ids, i) => ({ ids, strength: i % 2 }));
  const replies = await chat.reply(
    alone ? rows.slice(0, 9) : rows,
    {
      maxNewTokens: 7,
      endTokens: new Set(),
      alone,
      onFirstLogits: (row, logits) => (firsts[row] = logits.slice()),
    },
    unwatched,
  );
  return { replies, firsts };
}

test.each([false, true])(
  'lanes, one of them a process, reply as one session does, bit for bit (alone: %s)',
  async (alone) => {
    const chat = await openChatSession(model, [1], [0, 1]);
    const wanted = await repliesOf(chat, alone);
    const other = await LaneProcess.openChat(model, [1], [0, 1], lane);
    expect(await repliesOf(new LanedChat(chat, [chat, other]), alone)).toEqual(wanted);
    expect(await repliesOf(new LanedChat(chat, [chat, chat]), alone)).toEqual(wanted);
    await other.release();
    await chat.release();
  },
);

test('a lane gives the activations that a session in this process gives, bit for bit', async () => {
  const here = await openExtractionSession(model, [0, 1]);
  const there = await LaneProcess.openExtraction(model, [0, 1], lane);
  expect(await there.run(prompts.slice(0, 20))).toEqual(await here.run(prompts.slice(0, 20)));
  await there.release();
  await here.release();
});

test('a stop reaches both lanes, and the next replies are as ever', async () => {
  const chat = await openChatSession(model, [1], [0, 1]);
  const other = await LaneProcess.openChat(model, [1], [0, 1], lane);
  const laned = new LanedChat(chat, [chat, other]);
  const wanted = await repliesOf(chat, false);
  let left = 4;
  const stopped = {
    checkpoint: () => (left-- > 0 ? Promise.resolve() : Promise.reject(new CancelledError())),
  };
  const rows = prompts.map((ids) => ({ ids, strength: 0 }));
  const options = { maxNewTokens: 30, endTokens: new Set<number>() };
  await expect(laned.reply(rows, options, stopped)).rejects.toThrow(CancelledError);
  expect(await repliesOf(laned, false)).toEqual(wanted);
  await laned.release();
});

test('a lane whose process ends says so, with what to do', async () => {
  const module = join(root, 'lane.mjs');
  writeFileSync(module, 'process.once("message", () => process.exit(3));\n');
  await expect(LaneProcess.openChat(model, [1], [1], module)).rejects.toMatchObject({
    problem: {
      message: 'A process of the model ended with status 3.',
      fix: expect.stringContaining('--threads 1') as string,
    },
  });
});

test('how many lanes there are hangs on the model alone; how many threads each has, on the threads', async () => {
  expect(laneCount(model)).toBe(1);
  const bundled = await openModel({ path: join(quickstart, 'model'), dtype: 'q4', device: 'cpu', threads: 1 });
  expect(laneCount(bundled)).toBe(2);
  expect(laneCount({ ...bundled, device: 'webgpu' })).toBe(1);
  expect(laneCount({ ...bundled, weightBytes: 8e9 })).toBe(1);
  expect([1, 2, 3, 8].map((threads) => laneThreads(2, threads))).toEqual([undefined, 1, 1, 4]);
});
