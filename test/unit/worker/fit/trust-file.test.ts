import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  readTrustMeasure,
  trustOf,
  writeTrustMeasure,
  type TrustMeasure,
} from '../../../../src/worker/fit/trust-file.ts';

const measure: TrustMeasure = {
  without: [[Float32Array.of(1, 0), Float32Array.of(0.5, 0), Float32Array.of(0, 0)]],
  spaces: [{ mean: Float64Array.of(1, 1), axes: Float64Array.of(1, 0), variances: Float64Array.of(4), rest: 1 }],
  tokens: { prompts: 3, counts: new Map([[7, 2]]) },
  limits: [2, 2],
};

test('what is saved of a run is read back as it was, and a run without it says nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-stability-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  expect(await readTrustMeasure(folder)).toBeUndefined();
  await writeTrustMeasure(folder, measure);
  expect(await readTrustMeasure(folder)).toEqual(measure);
});

test('the further of activation and words tells how far a prompt is, each by its own limit', () => {
  const known = [7, 7];
  const near = trustOf(known, Float32Array.of(3, 1), measure);
  expect(near.scoreSpread[0]).toBeCloseTo(Math.sqrt((2 / 3) * (1.5 ** 2 + 1.5 ** 2)));
  expect(near.distance).toBeCloseTo(1 / Math.SQRT2 / 2);
  expect(trustOf(known, Float32Array.of(1, 9), measure).distance).toBeCloseTo(8 / Math.SQRT2 / 2);
  expect(trustOf([8, 8], Float32Array.of(1, 1), measure).distance).toBeCloseTo(Math.log(8) / 2);
});
