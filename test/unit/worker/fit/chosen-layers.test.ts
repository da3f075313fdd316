import { expect, test } from 'vitest';
import type { ChosenSteering } from '../../../../src/worker/fit/choose-steering.ts';
import { steeringAt } from '../../../../src/worker/fit/chosen-layers.ts';

const at = (layer: number, x: number) =>
  ({ layer, w: Float64Array.of(x, -x), r: Float64Array.of(2 * x, 0) }) as ChosenSteering['layers'][number];

test('a layer that is not chosen is closed, and the others stand in the order asked for', () => {
  const chosen = { layers: [at(4, 1), at(8, 3)], thresholds: [0.5, -Infinity] };
  expect(steeringAt([8, 6, 4], chosen, 2)).toEqual({
    w: Float32Array.of(3, -3, 0, 0, 1, -1),
    r: Float32Array.of(6, 0, 0, 0, 2, 0),
    thresholds: Float32Array.of(-Infinity, Infinity, 0.5),
  });
});
