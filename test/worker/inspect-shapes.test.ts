import { toBinary } from '@bufbuild/protobuf';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelProtoSchema, TensorProto_DataType } from 'onnx-buf';
import { expect, test } from 'vitest';
import { valueInfo } from '../../src/core/onnx/graph/graph-edit.ts';
import { readModel } from '../../src/core/onnx/graph/onnx-model.ts';
import type { InspectResult } from '../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf } from './alphasteer.ts';
import { tinyWorkspace } from './tiny-workspace.ts';

const equal = Array<unknown>(6).fill(true);

test('inspect compares with an f16 graph of the model builder, whose notes call the repeated keys as long as the block', () => {
  const model = join(tinyWorkspace(), 'model');
  const builder = join(import.meta.dirname, '../fixtures/tiny-models/llama-fp16');
  for (const name of ['model.onnx', 'model.onnx.data']) cpSync(join(builder, name), join(model, name));
  const ended = alphasteer('inspect', model, '--json');
  expect(problemsOf(ended)).toEqual([]);
  const { strengthZero } = JSON.parse(ended.stdout) as InspectResult;
  expect(strengthZero.map((each) => each.equal)).toEqual(equal);
  expect(ended.stdout).not.toContain('withoutShapeNotes');
});

test('a note of a wrong rank, which onnxruntime refuses when it loads the graph, is passed over and told', () => {
  const model = join(tinyWorkspace(), 'model');
  const file = join(model, 'model.onnx');
  const { proto, graph } = readModel(new Uint8Array(readFileSync(file)), file);
  const gather = graph.node.find(({ opType }) => opType === 'Gather' || opType === 'MatMul')!;
  graph.valueInfo = [valueInfo(gather.output[0]!, TensorProto_DataType.FLOAT, [3])];
  writeFileSync(file, toBinary(ModelProtoSchema, proto));
  const ended = alphasteer('inspect', model, '--json');
  expect(problemsOf(ended)).toEqual([]);
  expect(ended.status).toBe(0);
  const { strengthZero } = JSON.parse(ended.stdout) as InspectResult;
  expect(strengthZero.map((each) => each.equal)).toEqual(equal);
  expect(strengthZero.every(({ withoutShapeNotes }) => withoutShapeNotes)).toBe(true);
  expect(alphasteer('inspect', model).stdout).toContain('it was compared without these notes');
});
