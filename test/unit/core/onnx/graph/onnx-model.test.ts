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
    expect(again.length).toBe(bytes.length);
  },
);

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
