import { expect, test } from 'vitest';
import type { TrialNumbers } from '../../../../src/worker/device/device-trial.ts';
import { judgeTrial } from '../../../../src/worker/device/judge-trial.ts';

const numbers = (activation: number, logit: number, milliseconds: number): TrialNumbers => ({
  activations: [Float32Array.of(activation, 0)],
  logits: [Float32Array.of(0, logit)],
  milliseconds,
  nodes: {},
});
const cpu = numbers(1, 1, 30);

test("a device with the CPU's numbers works, and its speed beside the CPU's is told", () => {
  expect(judgeTrial(numbers(1, 1.005, 10), cpu, 0.01)).toEqual({
    works: true,
    speed: 3,
    detail: "its logits differ from the CPU's by 0.50 % at most; 3.0 times as fast as the CPU",
  });
});

test('a device with other numbers does not work, however fast it is', () => {
  const { works, detail } = judgeTrial(numbers(1.2, 1, 1), cpu, 0.01);
  expect(works).toBe(false);
  expect(detail).toBe("its activations differ from the CPU's by 20 % at most, more than the 1.0 % allowed");
});

test.each([NaN, Infinity])('%d is no number that can be agreed on', (value) => {
  expect(judgeTrial(numbers(value, 1, 1), cpu, 0.01)).toMatchObject({
    works: false,
    detail: "its activations are not finite, or the CPU's are not",
  });
});
