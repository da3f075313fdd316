import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readSteeringMatrices } from '../../../../../src/core/formats/authors/read-steering-matrix.ts';
import {
  writeSteeringMatrices,
  type ExportedSteering,
} from '../../../../../src/core/formats/authors/write-steering-matrix.ts';
import { fixture, fixtureJson, source } from './authors-file.ts';

const steering: ExportedSteering = {
  modelLayers: 4,
  d: 3,
  layers: [1, 3],
  w: Float32Array.of(1, 2, -3, 0.5, 0, 0.25),
  r: Float32Array.of(0.1, -0.2, 4, 8, 16, -32),
};

function written(of: ExportedSteering): Uint8Array {
  return new Uint8Array(Buffer.concat([...writeSteeringMatrices(of)]));
}

test('PyTorch reads it with weights_only, as -w rᵀ of the steered layers and zeros', () => {
  const read = fixtureJson('read-back.json') as { sha256: string; shape: number[]; matrix: number[][][] };
  const bytes = written(steering);
  expect(Buffer.from(bytes).equals(fixture('written.pt'))).toBe(true);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(read.sha256);
  expect(read.shape).toEqual([4, 3, 3]);
  const { w, r } = steering;
  read.matrix.forEach((rows, layer) => {
    const k = steering.layers.indexOf(layer);
    rows.forEach((row, i) =>
      row.forEach((value, j) => {
        expect(value + 0).toBe(k < 0 ? 0 : Math.fround(-w[k * 3 + i]! * r[k * 3 + j]!) + 0);
      }),
    );
  });
});

test('it is read back here as well', async () => {
  const file = await readSteeringMatrices(source(written(steering)), 'x.pt');
  expect([file.layers, file.d]).toEqual([4, 3]);
  expect((await file.read(0)).every((value) => value === 0)).toBe(true);
  expect((await file.read(1))[2]).toBe(-4);
});

test('a file above 4 GiB is refused before a byte of it is made', () => {
  const large = { modelLayers: 80, d: 8192, layers: [], w: new Float32Array(), r: new Float32Array() };
  expect(() => writeSteeringMatrices(large)).toThrow(/more than the 4 GiB/);
});
