import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { expandWeights } from './expand-weights.ts';
import { readModel, writeModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { ModelUnderTest, relativeError, row, run, tinyModels } from '../onnx/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'alphasteer-expand-'));
afterAll(() => rmSync(folder, { recursive: true }));

test("a model's expanded weights give the logits of its quantised ones, where those kernels compute in f32", async () => {
  const from = join(tinyModels, 'llama-int4');
  const model = readModel(new Uint8Array(readFileSync(join(from, 'model.onnx'))), 'model.onnx');
  // The export asks for int8 activations (4); 1 is f32.
  for (const { attribute } of model.graph.node)
    for (const each of attribute) if (each.name === 'accuracy_level') each.i = 1n;
  const data = new Uint8Array(readFileSync(join(from, 'model.onnx.data')));
  writeFileSync(join(folder, 'model.onnx.data'), data);
  writeFileSync(join(folder, 'int4.onnx'), writeModel(model));

  const pieces = expandWeights(model, 'f32.data', ({ offset, length }) => data.subarray(offset, offset + length));
  writeFileSync(join(folder, 'f32.data'), Buffer.concat([...pieces]));
  writeFileSync(join(folder, 'f32.onnx'), writeModel(model));

  const rows = [
    [5, 6, 7, 8, 9],
    [100, 3],
  ];
  const [int4, f32] = await Promise.all(
    ['int4', 'f32'].map(async (name) => {
      const under = new ModelUnderTest(join(folder, `${name}.onnx`), 16);
      const { session } = await under.open({ steered: [], taps: [0, 1, 2], logits: 'last', cache: true });
      return run(session, under.prefill(rows));
    }),
  );
  for (const output of ['residual_taps', 'logits'])
    rows.forEach((_, b) =>
      expect(relativeError(row(f32![output]!, b), row(int4![output]!, b)), output).toBeLessThan(1e-5),
    );
});
