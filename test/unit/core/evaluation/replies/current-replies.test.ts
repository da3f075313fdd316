import { expect, test } from 'vitest';
import { currentReplies } from '../../../../../src/core/evaluation/replies/current-replies.ts';
import { latestReplies } from '../../../../../src/core/evaluation/replies/latest-replies.ts';
import { reply } from '../../report/reply.ts';

const made = (id: string, recipe?: string) => reply({ id, ...(recipe !== undefined && { recipe }) });

test('replies made otherwise than the last one are no part of a run’s numbers, those of its controls are', () => {
  const short = [made('a', 'short'), made('b', 'short'), made('c', 'short')];
  const long = [made('a', 'long'), made('a', 'long-control')];
  expect(currentReplies([...short, ...long])).toEqual(long);
  expect(currentReplies([...long, ...short])).toEqual(short);
  expect(currentReplies([])).toEqual([]);
});

test('a report of some prompts compared anew does not mix them with what was made before', () => {
  const whole = ['a', 'b', 'c'].map((id) => made(id, 'whole'));
  const { conditions, replaced } = latestReplies(
    currentReplies([...whole, { ...made('a', 'stopped'), stopped: true }]),
    1,
  );
  expect(conditions.get('base')!.map(({ id, stopped }) => [id, stopped])).toEqual([['a', true]]);
  expect(replaced).toBe(0);
});

test('lines of before, which say no recipe, count together', () => {
  expect(currentReplies([made('a'), made('b')])).toHaveLength(2);
  expect(currentReplies([made('a'), made('b', 'new')])).toHaveLength(1);
});
