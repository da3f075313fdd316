import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { InferenceSession } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
} from 'onnx-buf';
import { GraphEdit } from '../../../src/core/onnx/graph/graph-edit.ts';
import { addNextToken } from '../../../src/core/onnx/next-token.ts';
import { writeModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { float32 } from './tiny-model.ts';

async function greedy(): Promise<InferenceSession> {
  const graph = create(GraphProtoSchema, { name: 'greedy' });
  const edit = new GraphEdit(graph);
  edit.input('logits', TensorProto_DataType.FLOAT, ['batch', 1, 'vocabulary']);
  addNextToken(edit, 'batch');
  const proto = create(ModelProtoSchema, {
    irVersion: 8n,
    graph,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 18n })],
  });
  return await InferenceSession.create(writeModel({ file: 'greedy.onnx', proto, graph }));
}

test('the next token is the first of the largest logits, however many there are', async () => {
  const session = await greedy();
  const few = fc.constantFrom(-Infinity, -3, -0, 0, 1e-45, 2, 2.5, 3e38);
  const rows = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 70 }))
    .chain(([count, length]) =>
      fc.array(fc.array(few, { minLength: length, maxLength: length }), { minLength: count, maxLength: count }),
    );
  await fc.assert(
    fc.asyncProperty(rows, async (logits) => {
      const { next_token: next, next_logit: logit } = await session.run({
        logits: float32(logits.flat(), [logits.length, 1, logits[0]!.length]),
      });
      expect(Array.from(next!.data as BigInt64Array, Number)).toEqual(
        logits.map((row) => row.findIndex((x) => x >= Math.max(...row))),
      );
      expect(next!.dims).toEqual([logits.length, 1]);
      expect(logit!.dims).toEqual([logits.length, 1]);
      expect([...(logit!.data as Float32Array)]).toEqual(
        logits.map((row) => Math.fround(row.find((x) => x >= Math.max(...row))!)),
      );
    }),
    { numRuns: 200 },
  );
});

test('of logits that are no numbers the largest is none', async () => {
  const session = await greedy();
  const row = [1, 2, 3];
  const { next_logit: logit } = await session.run({ logits: float32([...row, NaN, NaN, NaN], [2, 1, 3]) });
  expect(logit!.data).toEqual(Float32Array.of(3, NaN));
});
