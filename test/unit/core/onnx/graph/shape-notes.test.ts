import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModel } from '../../../../../src/core/onnx/graph/onnx-model.ts';
import { withoutShapeNotes } from '../../../../../src/core/onnx/graph/shape-notes.ts';

test('the notes go and all else stays; a graph without notes is none to try again', () => {
  const file = join(import.meta.dirname, '../../../../fixtures/tiny-models/llama-fp16/model.onnx');
  const bytes = new Uint8Array(readFileSync(file));
  const before = readModel(bytes, file);
  expect(before.graph.valueInfo.length).toBeGreaterThan(0);
  const bare = withoutShapeNotes(bytes, file)!;
  before.graph.valueInfo = [];
  expect(readModel(bare, file).proto).toEqual(before.proto);
  expect(withoutShapeNotes(bare, file)).toBeUndefined();
});
