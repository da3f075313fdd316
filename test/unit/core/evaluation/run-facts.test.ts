import { expect, it } from 'vitest';
import { runFacts } from '../../../../src/core/evaluation/run-facts.ts';

const created = '2026-01-02T03:04:05.006Z';
const software = {
  alphasteer: '0.1.0',
  onnxruntime: '1.30.0',
  node: '20.19.0',
  platform: 'linux-x64',
  threads: 2,
  processors: 4,
};

it('says when and by what a run was fitted and compared, each with its own software', () => {
  const compared = {
    at: '2026-02-03T04:05:06.007Z',
    maxNewTokens: 64,
    floor: { n: 40, perKind: 8 },
    software: { ...software, onnxruntime: '1.31.0', threads: null },
  };
  expect(runFacts({ created, software, compared })).toEqual([
    [
      'Fitted',
      '2026-01-02 03:04 UTC, AlphaSteer 0.1.0, onnxruntime 1.30.0, Node.js 20.19.0, linux-x64, 2\u00a0threads on 4\u00a0processors',
    ],
    [
      'Compared',
      '2026-02-03 04:05 UTC, AlphaSteer 0.1.0, onnxruntime 1.31.0, Node.js 20.19.0, linux-x64, threads as onnxruntime chose on 4\u00a0processors',
    ],
    ['Reply length', '64 tokens at most'],
    ['A/A floor', 'base again on 40 prompts, at most 8 of a kind, each alone in its batch'],
  ]);
  expect(runFacts({ created, software, compared: { ...compared, earlyStop: true } })).toContainEqual([
    'Reply length',
    '64 tokens at most; stopped early where no continuation could be refused',
  ]);
});

it('says only when, of a run that does not say by what and was not compared', () => {
  expect(runFacts({ created, software: undefined, compared: undefined })).toEqual([['Fitted', '2026-01-02 03:04 UTC']]);
});
