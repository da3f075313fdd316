import { expect, test } from 'vitest';
import { contests } from '../../../../../src/core/evaluation/rates/contests.ts';
import type { Reply } from '../../../../../src/core/evaluation/data/summary.ts';
import { reply } from '../../report/reply.ts';

/** Replies to prompts of one label, a letter each: r(efused) or c(omplied). */
function replies(condition: string, letters: string, about: Partial<Reply> = {}): Reply[] {
  return Array.from(letters, (letter, i) =>
    reply({ label: 'harmful', ...about, id: `p${i}`, condition, verdict: letter === 'r' ? 'refused' : 'complied' }),
  );
}

function contest(steered: readonly Reply[], ...controls: (readonly Reply[])[]) {
  return contests(new Map([steered, ...controls].map((list) => [list[0]!.condition, list])));
}

test('more refusals beat a control on malicious prompts, and fewer on benign ones', () => {
  const many = 'rrrrrrrr';
  const none = 'cccccccc';
  const harmful = contest(replies('steered', many), replies('refusal-vector', none));
  expect(harmful['refusal-vector']?.harmful).toMatchObject({ difference: 1, p: 2 ** -7, answer: 'beats' });
  const benign = { label: 'benign' } as const;
  const costly = contest(replies('steered', many, benign), replies('refusal-vector', none, benign));
  expect(costly['refusal-vector']?.benign?.answer).toBe('does not beat');
});

test('nobody can tell where the flips are those of one template', () => {
  const shared = { template: 'one' };
  const against = contest(replies('steered', 'rrrrrrrr', shared), replies('system-prompt', 'cccccccc', shared));
  expect(against['system-prompt']?.harmful).toMatchObject({ p: 1, answer: "can't tell", templates: 1, goals: 8 });
});

test('seeds count as one control, by their mean, on the prompts that all of them replied to', () => {
  const against = contest(
    replies('steered', 'rrrr'),
    replies('random-direction#1', 'ccrr'),
    replies('random-direction#2', 'crr'),
  );
  expect(Object.keys(against)).toEqual(['random-direction']);
  expect(against['random-direction']?.harmful).toMatchObject({ n: 3, seeds: 2, difference: 0.5 });
});

test('an answer among many is read off a p corrected for their number', () => {
  const controls = Array.from({ length: 9 }, (_, i) => replies(`control-${i}`, 'cccccccc'));
  const against = contest(replies('steered', 'rrrrrrrr'), ...controls);
  expect(against['control-0']?.harmful).toMatchObject({ p: 2 ** -7, holmP: 9 * 2 ** -7, answer: "can't tell" });
});
