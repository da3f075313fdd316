import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CancelledError } from '../../src/core/cancelled.ts';
import type { AskParams, Progress, StreamedText } from '../../src/rpc/worker-api.ts';
import { createWorkerClient, type WorkerClient, type WorkerOptions } from '../../src/client/worker-client.ts';
import { promptLines, tinyWorkspace } from './tiny-workspace.ts';

function client(options: Partial<WorkerOptions> = {}): WorkerClient {
  const worker = createWorkerClient({ module: resolve('dist/worker.js'), listener: {}, ...options });
  onTestFinished(() => worker.dispose());
  return worker;
}

interface LongFit {
  readonly worker: WorkerClient;
  readonly fit: (signal?: AbortSignal) => Promise<unknown>;
  /** Resolves when the model replies to prompts. */
  readonly underWay: Promise<void>;
}

/** A call that goes on for seconds, unless something happens to it. */
function longFit(options: Partial<WorkerOptions> = {}): LongFit {
  const workspace = tinyWorkspace({ fit: { labelTokens: 40 } });
  writeFileSync(join(workspace, 'harmful.jsonl'), promptLines('harmful', 600));
  let begin: () => void;
  const underWay = new Promise<void>((resolve) => (begin = resolve));
  const progress = ({ phase }: Progress): void => {
    if (phase === 'Label') begin();
  };
  const worker = client({ ...options, listener: { progress } });
  return { worker, fit: (signal) => worker.call('fit', { workspace }, signal), underWay };
}

test('a prompt is asked with the chat before it', async () => {
  const workspace = tinyWorkspace();
  const worker = client();
  await worker.call('fit', { workspace });
  const ask = async (question: AskParams['question']): Promise<readonly number[]> =>
    (await worker.call('ask', { workspace, question, maxNewTokens: 4 })).layers.map(({ score }) => score);
  const alone = await ask({ text: 'gula' });
  expect(await ask({ text: 'gula', earlier: [] })).toEqual(alone);
  expect(await ask({ text: 'gula', earlier: [{ role: 'user', content: 'bake' }] })).not.toEqual(alone);
});

test('the chance of refusal comes with the first token, before any text', async () => {
  const workspace = tinyWorkspace();
  const pieces: StreamedText[] = [];
  const worker = client({ listener: { text: (piece) => pieces.push(piece) } });
  const { fit } = await worker.call('fit', { workspace });
  expect(fit.firstToken!.n).toBeGreaterThan(0);
  const { firstToken } = await worker.call('ask', { workspace, question: { text: 'baba diri' }, maxNewTokens: 4 });
  for (const condition of ['base', 'steered'] as const) {
    const [first, ...rest] = pieces.filter((piece) => piece.condition === condition);
    expect(first).toEqual({ condition, text: '', firstToken: firstToken![condition] });
    expect(rest.length).toBeGreaterThan(0);
  }
});

test('a model whose files change is read again by a worker that has it loaded', async () => {
  const workspace = tinyWorkspace();
  const worker = client();
  const ask = { workspace, question: { text: 'baba diri' }, maxNewTokens: 4 };
  await worker.call('fit', { workspace });
  const before = await worker.call('inspect', { workspace });
  const pid = worker.pid();
  await worker.call('ask', ask);

  const weights = join(workspace, 'model/model.onnx.data');
  const bytes = readFileSync(weights);
  bytes.writeFloatLE(bytes.readFloatLE(4) + 1, 4);
  writeFileSync(weights, bytes);
  await expect(worker.call('ask', ask)).rejects.toThrow('fitted on another model');
  const after = await worker.call('inspect', { workspace });
  expect(after.fingerprint).not.toBe(before.fingerprint);
  expect(worker.pid()).toBe(pid);
});

test('an f16 model replies also where JavaScript has a Float16Array', async () => {
  const workspace = tinyWorkspace();
  const half = resolve('test/fixtures/tiny-models/llama-fp16');
  for (const name of ['model.onnx', 'model.onnx.data']) cpSync(join(half, name), join(workspace, 'model', name));
  // As that of Node 24, of no use to onnxruntime-node: numbers of 4 bytes do not fit into the memory of f16 ones.
  const runtime = 'data:text/javascript,globalThis.Float16Array = class Float16Array extends Float32Array {}';
  const { fit } = await client({ execArgv: ['--import', runtime] }).call('fit', { workspace });
  expect(fit.counts.refused + fit.counts.answered).toBeGreaterThan(0);
});

test('when the process dies, the call under way fails with what to do, and the next one starts another', async () => {
  const { worker, fit, underWay } = longFit();
  const failed = expect(fit()).rejects.toThrow("The model's process was ended by SIGKILL.");
  await underWay;
  const pid = worker.pid()!;
  process.kill(pid, 'SIGKILL');
  await failed;
  await worker.call('inspect', { workspace: tinyWorkspace() });
  expect(worker.pid()).not.toBe(pid);
});

test('a cancelled call ends between steps, and its process stays', async () => {
  const { worker, fit, underWay } = longFit();
  const controller = new AbortController();
  const cancelled = expect(fit(controller.signal)).rejects.toThrow(CancelledError);
  await underWay;
  const pid = worker.pid();
  controller.abort();
  await cancelled;
  await worker.call('inspect', { workspace: tinyWorkspace() });
  expect(worker.pid()).toBe(pid);
});

test('a process that does not heed a cancel in time is ended', async () => {
  const { worker, fit, underWay } = longFit({ cancelGrace: 100 });
  const controller = new AbortController();
  const cancelled = expect(fit(controller.signal)).rejects.toThrow(CancelledError);
  await underWay;
  const pid = worker.pid()!;
  process.kill(pid, 'SIGSTOP');
  controller.abort();
  await cancelled;
  await worker.call('inspect', { workspace: tinyWorkspace() });
  expect(worker.pid()).not.toBe(pid);
});

test('a process without a sign of life is ended, and the call says so', async () => {
  const { worker, fit, underWay } = longFit({ silence: 5_000 });
  const failed = expect(fit()).rejects.toThrow(/gave no sign of life for 5 s and was ended\. Run the command again/);
  await underWay;
  process.kill(worker.pid()!, 'SIGSTOP');
  await failed;
});
