import { Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { keepHalvesAsBits } from '../../../../src/worker/session/float16.ts';

test('f16 tensors hold their bits in a Uint16Array, also where JavaScript has a Float16Array', () => {
  class Float16Array extends Uint16Array {}
  Object.assign(globalThis, { Float16Array });
  keepHalvesAsBits();
  const { data } = new Tensor('float16', Uint16Array.of(0x3c00), [1]);
  expect(data).not.toBeInstanceOf(Float16Array);
  expect(data).toEqual(Uint16Array.of(0x3c00));
});
