import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listExternalFiles } from '../../../../../src/core/onnx/graph/external-data.ts';
import { readModel, type OnnxModel } from '../../../../../src/core/onnx/graph/onnx-model.ts';
import { tinyBytes } from '../tiny-bytes.ts';

const tiny = (): OnnxModel => readModel(tinyBytes('llama-int4'), 'model.onnx');

test('the weights end within their file, and at its end but for padding', () => {
  const [file, ...more] = listExternalFiles(tiny());
  const size = statSync(join(import.meta.dirname, '../../../../fixtures/tiny-models/llama-int4/model.onnx.data')).size;
  expect(more).toEqual([]);
  expect(file!.location).toBe('model.onnx.data');
  expect(file!.bytes).toBeLessThanOrEqual(size);
  expect(size - file!.bytes).toBeLessThan(4096);
});

test('each file is listed once, with the end of its last tensor', () => {
  const model = tiny();
  const entry = model.graph.initializer[0]!.externalData;
  entry.find(({ key }) => key === 'location')!.value = 'other.bin';
  entry.find(({ key }) => key === 'offset')!.value = '1000';
  entry.find(({ key }) => key === 'length')!.value = '24';
  expect(listExternalFiles(model)).toContainEqual({ location: 'other.bin', bytes: 1024 });
});

test.each(['../secrets', '/etc/passwd', 'C:\\weights', 'a/../../b'])(
  '%s leads out of the folder and is refused',
  (location) => {
    const model = tiny();
    model.graph.initializer[0]!.externalData.find(({ key }) => key === 'location')!.value = location;
    expect(() => listExternalFiles(model)).toThrow('Weights must lie in the folder of the model');
  },
);
