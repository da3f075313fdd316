import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bakeSteering } from '../../src/core/onnx/bake-steering.ts';
import { openModel } from '../../src/worker/model/model.ts';
import { openChatSession } from '../../src/worker/session/model-session.ts';
import { writeModelCopy } from '../../src/worker/model-files/write-model-copy.ts';
import { readNumbers, readTensors } from './agreement/pytorch-numbers.ts';
import { fitPrompts, quickstartModel, unwatched } from './agreement/quickstart.ts';

const out = join(mkdtempSync(join(tmpdir(), 'alphasteer-export-')), 'steered');
afterAll(() => rmSync(dirname(out), { recursive: true }));

const newTokens = 24;

test('transformers.js loads the steered model unchanged and gives our steered replies, token for token', async () => {
  const { layers, strength, prompts } = readNumbers('replies');
  const { tensors } = readTensors('fit');
  const all = (name: string): Float32Array =>
    Float32Array.from(layers.flatMap((layer) => [...(tensors[`layer.${layer}.${name}`]!.data as Float64Array)]));
  const [w, r] = [all('w'), all('r')];
  const thresholds = new Float32Array(layers.length).fill(-Infinity);

  const model = await openModel({ path: quickstartModel, dtype: 'q4', device: 'cpu', threads: 2 });
  const graph = bakeSteering(model.graph, model.folder.graph, { layers, w, r, thresholds, strength }, 'a test');
  const files = await writeModelCopy(
    model.folder,
    { graph, weights: ['model_q4.onnx_data'], readme: '' },
    out,
    unwatched,
  );
  expect(files).toContain(join('onnx', 'model_q4.onnx_data'));
  expect(statSync(join(out, 'onnx/model_q4.onnx_data')).size).toBe(
    statSync(join(quickstartModel, 'onnx/model_q4.onnx_data')).size,
  );

  env.localModelPath = dirname(out);
  const theirs = await AutoModelForCausalLM.from_pretrained(basename(out), {
    dtype: 'q4',
    device: 'cpu',
    local_files_only: true,
    session_options: { intraOpNumThreads: 2, logSeverityLevel: 3 },
  });
  const session = await openChatSession(model, layers, layers);
  session.setSteering({ w, r, thresholds });
  const texts = fitPrompts();
  const { endTokens } = model.tokenizer;
  let changed = 0;
  for (const { id } of prompts.filter((_, i) => i % 3 === 0)) {
    const { ids } = model.tokenizer.encode(texts.get(id)!);
    const reply = async (by: number): Promise<readonly number[]> => {
      const options = { maxNewTokens: newTokens, endTokens, alone: true };
      return (await session.reply([{ ids, strength: by }], options, unwatched))[0]!.tokens;
    };
    const dims = [1, ids.length];
    const made = (await theirs.generate({
      input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), dims),
      attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), dims),
      max_new_tokens: newTokens,
      do_sample: false,
    })) as Tensor;
    const tokens = (made.tolist() as bigint[][])[0]!.slice(ids.length).map(Number);
    const ours = await reply(strength);
    expect(
      tokens.filter((token) => !endTokens.has(token)),
      id,
    ).toEqual(ours);
    if (String(await reply(0)) !== String(ours)) changed++;
  }
  expect(changed, 'replies that steering changes').toBeGreaterThan(2);
  await expect(writeModelCopy(model.folder, { graph, weights: [], readme: '' }, out, unwatched)).rejects.toThrow(
    'not empty',
  );
  await theirs.dispose();
  await session.release();
});
