import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTensorPickle, writeTensorPickle } from '../../../../../src/core/formats/authors/tensor-pickle.ts';
import { HumanError } from '../../../../../src/core/problem.ts';

test('what is written is read', () => {
  for (const shape of [
    [1, 1, 1],
    [32, 4096, 4096],
    [80, 8192, 8192],
    [3, 255, 255],
  ])
    expect(readTensorPickle(writeTensorPickle(shape), 'x.pt')).toEqual({ type: 'FloatStorage', key: '0', shape });
});

test('a tensor that is larger than its storage is refused', () => {
  const bytes = writeTensorPickle([2, 3, 3]);
  const length = bytes.indexOf(18);
  expect(readTensorPickle(bytes, 'x.pt').shape).toEqual([2, 3, 3]);
  bytes[length] = 17;
  expect(() => readTensorPickle(bytes, 'x.pt')).toThrow(/larger than its storage/);
});

test('programs of the known opcodes, whatever they do, end in a tensor or an error for people', () => {
  const opcodes = [0x28, 0x29, 0x4a, 0x4b, 0x51, 0x52, 0x58, 0x63, 0x68, 0x71, 0x74, 0x80, 0x85, 0x87, 0x89, 0x8a];
  const part = fc.oneof(
    fc.constantFrom(...opcodes).map((opcode) => [opcode]),
    fc.array(fc.nat(255), { maxLength: 4 }),
    fc.constant([...writeTensorPickle([1, 2, 2])]),
    fc.constant([0x63, ...Buffer.from('torch._utils\n_rebuild_tensor_v2\n')]),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      try {
        readTensorPickle(Uint8Array.from(parts.flat()), 'x.pt');
      } catch (error) {
        expect(error).toBeInstanceOf(HumanError);
      }
    }),
    { numRuns: 5000 },
  );
});
