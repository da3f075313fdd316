import { interval, percent, pValue, signed } from '../../format.ts';
import { ascii, table, wrap } from '../table.ts';
import { judgeSentence, pairsSentence } from './diff-words.ts';
import type { ConditionDiff, DiffRow, RunDiff } from './run-diff.ts';

/** Two runs side by side, for a terminal. */
export function diffText(diff: RunDiff): string {
  const [before, after] = diff.runs;
  const settings = diff.settings.map((row) => [
    `${row.before === row.after ? '  ' : '* '}${row.name}`,
    row.before,
    row.after,
  ]);
  const sections = [
    table(['  (* differs)', before.name, after.name], settings),
    wrap(judgeSentence(diff)),
    ...diff.conditions.toReversed().map((condition) => conditionText(condition, diff)),
    wrap(
      '+ newly refused, - no longer; intervals, 95 %, count prompts of one template or goal as going together; p is the exact McNemar test, as if they did not. --json lists the prompts.',
    ),
  ];
  return ascii(sections.join('\n\n'));
}

function conditionText(condition: ConditionDiff, diff: RunDiff): string {
  const sentence = wrap(pairsSentence(condition, diff));
  if (condition.pairs === 0) return `REFUSED, ${condition.condition.toUpperCase()}\n${sentence}`;
  const head = [
    `REFUSED, ${condition.condition.toUpperCase()}`,
    'n',
    'before',
    '',
    'after',
    '',
    '+',
    '-',
    'points',
    '',
  ];
  return `${table(head, condition.rows.map(cells))}\n${sentence}`;
}

function cells({ name, attack, before, after, change }: DiffRow): string[] {
  return [
    `${attack ? '    ' : ''}${name}`,
    String(change.n),
    percent(before.rate),
    interval(before.low, before.high),
    percent(after.rate),
    interval(after.low, after.high),
    String(change.gained),
    String(change.lost),
    signed(change.rise * 100, 1),
    pValue(change.p),
  ];
}
