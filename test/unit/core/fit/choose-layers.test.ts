import { expect, test } from 'vitest';
import { chooseLayers, recognised, type LayerScores } from '../../../../src/core/fit/choose-layers.ts';

const shares = { benign: 0, borderline: 0 };
const layer = (malicious: number[], benign = [0, 0.1]): LayerScores => ({ benign: { benign }, malicious });

test('recognised is the part above thresholds that no benign prompt exceeds, at one layer or more', () => {
  const first = layer([0.5, 0.05, 0.05, 0.05]);
  const second = layer([0.05, 0.05, 0.5, 0.05]);
  expect(recognised([first], shares)).toBe(0.25);
  expect(recognised([first, second], shares)).toBe(0.5);
});

test('the pair that steers malicious prompts most often is taken, and no two layers side by side', () => {
  const layers = [
    { layer: 8, unseen: layer([1, 0, 0, 0]) },
    { layer: 16, unseen: layer([1, 1, 1, 0]) },
    { layer: 18, unseen: layer([1, 1, 1, 1]) },
    { layer: 24, unseen: layer([1, 1, 0, 0]) },
  ];
  expect(chooseLayers(layers, 5, shares)).toEqual({
    layers: [18, 24],
    pairs: { best: { layers: [18, 24], steered: 1.5 }, next: { layers: [8, 18], steered: 1.25, ahead: 1, behind: 0 } },
  });
  expect(chooseLayers(layers, 2, shares).layers).toEqual([16, 18]);
});

test('where no two layers are far enough apart the best one is taken alone', () => {
  const layers = [
    { layer: 3, unseen: layer([1, 0]) },
    { layer: 4, unseen: layer([1, 1]) },
  ];
  expect(chooseLayers(layers, 5, shares)).toEqual({ layers: [4], pairs: null });
});
