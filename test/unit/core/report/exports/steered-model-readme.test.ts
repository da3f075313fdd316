import { expect, test } from 'vitest';
import { steeredModelReadme, type SteeredModel } from '../../../../../src/core/report/exports/steered-model-readme.ts';
import { version } from '../../../../../src/core/version.ts';

const model: SteeredModel = {
  base: 'owner/some-model',
  architecture: 'llama',
  dtype: 'q4',
  fingerprint: 'f'.repeat(64),
  modelLayers: 30,
  hiddenSize: 576,
  run: '20260102-030405-abcdef01',
  strength: 1.5,
  layers: [
    { layer: 7, threshold: 0.25 },
    { layer: 16, threshold: -Infinity },
  ],
};

test('it says what the model is made of, what it does, its limits, and whose licence goes', () => {
  const text = steeredModelReadme(model);
  for (const fact of ['owner/some-model', 'llama', 'q4', model.fingerprint, model.run, 'arXiv:2506.07022', version])
    expect(text).toContain(fact);
  expect(text).toContain('| Strength | 1.5: positive is more refusal |');
  expect(text).toContain('| 7 | 0.25 |\n| 16 | any number: every prompt is steered |');
  for (const word of ['Prefill', 'Decode', '## Limits', '## Licence']) expect(text).toContain(word);
});

test('names that others chose end neither their code nor their row', () => {
  const text = steeredModelReadme({ ...model, base: 'a`|b\n# c\u001b', architecture: '<img>' });
  expect(text).toContain('| Base model | `a  b # c␛` (`<img>`, 30 layers');
});
