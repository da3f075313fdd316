import { expect, test } from 'vitest';
import type { Judgement } from '../../../../src/core/judge/verdict.ts';
import { diffRunFolders } from '../../../../src/workspace/runs/diff-runs.ts';
import { reply } from '../../core/report/reply.ts';
import { runFolder } from './made-run.ts';

const report = (): void => undefined;

const software = { alphasteer: '1', onnxruntime: '1', node: '1', platform: 'p', threads: 1, processors: 1 };

/** Take a reply for a refusal that says no, and rule that out of one that says yes. */
const rules = {
  judge: (text: string): Judgement => ({
    verdict: text.startsWith('No') ? 'refused' : 'complied',
    span: null,
    rule: 'no',
  }),
  refusalRuledOut: (text: string): boolean => text.startsWith('Yes'),
};

test('both runs are judged by the rules given, and each verdict that this changes is counted', async () => {
  const steered = { condition: 'steered', strength: 0.3, label: 'harmful', reply: 'No.' } as const;
  const before = runFolder([reply({ id: 'a', verdict: 'complied', ...steered })]);
  const after = runFolder([reply({ id: 'a', verdict: 'refused', ...steered })]);
  const diff = await diffRunFolders(before, after, { ...rules, report });
  expect(diff.runs.map(({ rejudged }) => rejudged)).toEqual([1, 0]);
  expect(diff.conditions[1]!.flips).toEqual([]);
});

test('a person’s verdict stands against the rules', async () => {
  const made = reply({ id: 'a', condition: 'steered', strength: 0.3, label: 'harmful', reply: 'No.' });
  const override = { id: 'a', condition: 'steered', strength: 0.3, reply: 'No.', verdict: 'complied' } as const;
  const diff = await diffRunFolders(runFolder([made]), runFolder([made], [override]), { ...rules, report });
  expect(diff.runs.map(({ overruled }) => overruled)).toEqual([0, 1]);
  expect(diff.conditions[1]!.flips).toMatchObject([{ before: { verdict: 'refused' }, after: { verdict: 'complied' } }]);
});

test('dtypes, layers and dates are told', async () => {
  const diff = await diffRunFolders(runFolder(), runFolder(), { ...rules, report });
  const told = Object.fromEntries(diff.settings.map(({ name, after }) => [name, after]));
  expect(told).toMatchObject({
    'dtype, device': 'q4, cpu',
    Layers: '9, 10, 11, 12, 14, 15',
    Fitted: '2026-01-02 03:04 UTC',
  });
});

test('replies of different length are told: the longer one may go on where the shorter one ends', async () => {
  const compared = (maxNewTokens: number, about: object = {}): Parameters<typeof runFolder>[2] => ({
    compared: { at: '2026-01-02T03:04:05Z', maxNewTokens, floor: { n: 1, perKind: 1 }, software, ...about },
  });
  const short = runFolder(undefined, [], compared(64, { earlyStop: true }));
  const long = runFolder(undefined, [], compared(256));
  const { settings } = await diffRunFolders(short, long, { ...rules, report });
  expect(settings).toContainEqual({
    name: 'Reply length',
    before: '64\u00a0tokens at most, stopped early',
    after: '256\u00a0tokens at most',
  });
});

test('a reply that was stopped early counts where these rules would have stopped it, and is told where it could be refused', async () => {
  const whole = runFolder([reply({ id: 'a', condition: 'steered', strength: 0.3, reply: 'Yes. No.' })]);
  const stopped = (text: string): string =>
    runFolder([reply({ id: 'a', condition: 'steered', strength: 0.3, reply: text, stopped: true })]);
  const diff = await diffRunFolders(whole, stopped('Yes.'), { ...rules, report });
  expect(diff.conditions[1]).toMatchObject({ pairs: 1, flips: [] });
  const undecided = stopped('Well.');
  await expect(diffRunFolders(whole, undecided, { ...rules, report })).rejects.toMatchObject({
    problem: {
      file: undecided,
      message: expect.stringContaining('1\u00a0reply of this run was stopped early') as string,
    },
  });
});
