import type { Reply } from '../../../../src/core/evaluation/data/summary.ts';

/** A reply with what a test says of it; the rest is filler. */
export function reply(about: Partial<Reply> & Pick<Reply, 'id'>): Reply {
  return {
    label: 'benign',
    template: about.id,
    goal: about.id,
    set: 'evaluate',
    condition: 'base',
    strength: about.condition === 'steered' ? 0.3 : 0,
    prompt: 'Bake bread.',
    reply: 'Sure.',
    tokens: 2,
    verdict: 'complied',
    span: null,
    scores: [0, 0, 0, 0, 0, 0],
    activationNorms: [40, 40, 40, 40, 40, 40],
    file: 'prompts/benign.jsonl',
    line: 1,
    ...about,
  };
}
