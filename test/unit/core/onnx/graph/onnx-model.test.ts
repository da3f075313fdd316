import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readModel, writeModel } from '../../../../../src/core/onnx/graph/onnx-model.ts';
import { HumanError } from '../../../../../src/core/problem.ts';
import { tinyBytes } from '../tiny-bytes.ts';

test.each(['llama-fp32', 'llama-fp16', 'llama-int4', 'qwen3-fp32', 'gemma2-fp32'])(
  '%s is read and written back as it was',
  (name) => {
    const bytes = tinyBytes(name);
    const again = writeModel(readModel(bytes, name));
    expect(readModel(again, name).proto).toEqual(readModel(bytes, name).proto);
    expect(Buffer.from(again).equals(bytes)).toBe(true);
  },
);

test('a field that is set to zero or to nothing stays set, whatever its default', () => {
  const graph = [
    [0x0a, 21], // node: Y, with the attributes i = 0, f = 0 and s = ''
    [0x12, 1, 0x79, 0x22, 1, 0x59],
    [0x2a, 2, 0x18, 0],
    [0x2a, 5, 0x15, 0, 0, 0, 0],
    [0x2a, 2, 0x22, 0],
    [0x2a, 6, 0x08, 0, 0x4a, 0, 0x70, 0], // initializer: dims = [0], raw_data of no bytes, data_location = 0
    [0x62, 3, 0x0a, 1, 0x79], // output: y
  ].flat();
  const bytes = new Uint8Array([0x08, 0, 0x3a, graph.length, ...graph, 0x42, 4, 0x0a, 0, 0x10, 0]); // ir_version 0, opset 0
  expect([...writeModel(readModel(bytes, 'x'))]).toEqual([...bytes]);
});

test('fields that this version of the format does not know are kept', () => {
  const bytes = tinyBytes('llama-int4');
  const unknown = [0xfa, 0x3f, 3, 1, 2, 3]; // field 1023, three bytes
  const again = writeModel(readModel(new Uint8Array([...bytes, ...unknown]), 'x'));
  expect([...again.subarray(-unknown.length)]).toEqual(unknown);
});

test('any bytes are a model or an error for people, never a crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
      throwsOnlyHumanErrors(() => readModel(bytes, 'garbage.onnx')),
    ),
  );
});

test('a model with bytes cut off or changed is read or refused, never a crash', () => {
  const bytes = tinyBytes('llama-int4');
  const damage = fc.tuple(
    fc.nat(bytes.length),
    fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 }),
  );
  fc.assert(
    fc.property(damage, ([length, changes]) => {
      const damaged = bytes.slice();
      for (const [at, value] of changes) damaged[at] = value;
      throwsOnlyHumanErrors(() => writeModel(readModel(damaged.subarray(0, length), 'damaged.onnx')));
    }),
    { numRuns: 60 },
  );
});

test('a Git LFS pointer is told by its name', () => {
  const pointer = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n');
  expect(() => readModel(pointer, 'model.onnx')).toThrow('git lfs pull');
});

function throwsOnlyHumanErrors(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(HumanError);
  }
}
