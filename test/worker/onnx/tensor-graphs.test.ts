import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { TensorProto_DataType } from 'onnx-buf';
import { copyGraph, joinGraph, keepGraph } from '../../../src/core/onnx/graph/tensor-graphs.ts';
import { FakeDevice } from '../../unit/worker/session/fake-device.ts';

const [heads, size] = [2, 3];
const most = { rows: 4, positions: 5 };
const block = fc.record({
  rows: fc.integer({ min: 1, max: most.rows }),
  positions: fc.integer({ min: 1, max: most.positions }),
});
const open = async (bytes: Uint8Array): Promise<InferenceSession> =>
  await InferenceSession.create(bytes, { logSeverityLevel: 3 });

/** A tensor [rows, heads, positions, size] of numbers from `first` on, and the same on a device that does what the graphs shall do. */
function numbered(device: FakeDevice, { rows, positions }: { rows: number; positions: number }, first: number) {
  const dims = [rows, heads, positions, size];
  const values = Float32Array.from({ length: rows * heads * positions * size }, (_, i) => first + i);
  return { onHost: new Tensor('float32', values, dims), onDevice: device.tensor(values, dims) };
}

function pads(from: number, to: number): Tensor {
  return new Tensor('int64', BigInt64Array.from([0, 0, 0, 0, 0, 0, to - from, 0], BigInt), [8]);
}

test('a copy is the tensor, of any shape', async () => {
  const session = await open(copyGraph());
  const of = new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 2]);
  expect((await session.run({ of }))['copy']).toMatchObject({ data: of.data, dims: of.dims });
  await session.release();
});

test('rows are kept in the order asked for, with more positions or fewer', async () => {
  const session = await open(keepGraph(TensorProto_DataType.FLOAT));
  const kept = fc.array(fc.nat(most.rows - 1), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(block, kept, fc.integer({ min: 1, max: 7 }), async (shape, asked, positions) => {
      const device = new FakeDevice();
      const { onHost, onDevice } = numbered(device, shape, 1);
      const rows = asked.map((row) => row % shape.rows);
      const want = await device.keep(onDevice, rows, positions);
      const made = await session.run({
        of: onHost,
        of_pads: pads(shape.positions, positions),
        rows: new Tensor('int32', Int32Array.from(rows), [rows.length]),
      });
      expect(made['kept']).toMatchObject({ data: device.values(want), dims: want.dims });
    }),
    { numRuns: 60 },
  );
  await session.release();
});

test('rows of two tensors come together, as far apart as the longer one has positions', async () => {
  const session = await open(joinGraph(TensorProto_DataType.FLOAT));
  await fc.assert(
    fc.asyncProperty(block, block, async (before, after) => {
      const device = new FakeDevice();
      const [of, added] = [numbered(device, before, 1), numbered(device, after, 1000)];
      const want = await device.join(of.onDevice, added.onDevice);
      const positions = Math.max(before.positions, after.positions);
      const made = await session.run({
        ...{ of: of.onHost, of_pads: pads(before.positions, positions) },
        ...{ block: added.onHost, block_pads: pads(after.positions, positions) },
      });
      expect(made['joined']).toMatchObject({ data: device.values(want), dims: want.dims });
    }),
    { numRuns: 60 },
  );
  await session.release();
});
