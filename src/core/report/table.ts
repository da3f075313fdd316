import { chosenWords, contestSentences } from './words/control-words.ts';
import { checkBounds, checkTarget, checkValue, enoughWords, outcomeWords } from './words/check-words.ts';
import { conditionGroups, conditionRows } from './condition-rows.ts';
import type { RunFit } from '../evaluation/data/run-fit.ts';
import { floorSentence, kindSentences } from './words/rate-words.ts';
import { interval, percent, pValue, signed } from '../format.ts';
import { groupName, labelGroups } from '../evaluation/data/groups.ts';
import { headline } from './words/headline.ts';
import { reviewSentence } from './words/reply-words.ts';
import { otherConditions, rateRows } from './rate-rows.ts';
import type { Rates, Summary } from '../evaluation/data/summary.ts';

const width = 98;

/** The report for a terminal: at most 98 columns, plain ASCII but for what prompts and attacks are called. */
export function renderTable(summary: Summary, fit: RunFit): string {
  const { sentence, cost, checks } = headline(summary);
  const sections = [
    wrap(`${outcomeWords[summary.verdict].toUpperCase()}. ${checks}`),
    wrap(`${sentence} ${cost}`),
    wrap(reviewSentence(summary.review) ?? ''),
    flips(summary),
    floor(summary),
    rates(summary),
    controls(summary),
    checkList(summary),
    warnings([...summary.warnings, ...fit.warnings]),
  ];
  return `${ascii(sections.filter((section) => section !== '').join('\n\n'))}\n`;
}

function flips({ paired }: Summary): string {
  const rows = changeTable('FLIPS ON THE SAME PROMPTS', paired);
  const note = 'Clusters: templates/goals. p: sign-flip test over them; McNemar: as if every prompt were independent.';
  return rows === '' ? '' : `${rows}\n${wrap(note)}`;
}

function floor(summary: Summary): string {
  const sentence = floorSentence(summary);
  return sentence === undefined
    ? ''
    : `${changeTable('NOISE FLOOR: BASE AGAIN, ALONE', summary.sameAgain)}\n${wrap(sentence)}`;
}

function changeTable(title: string, changes: Summary['paired']): string {
  const rows = labelGroups.flatMap((group) => {
    const change = changes[group];
    if (change === undefined) return [];
    return [
      [
        groupName(group),
        String(change.n),
        String(change.gained),
        String(change.lost),
        signed(change.rise * 100, 1),
        `${change.templates}/${change.goals}`,
        pValue(change.clusterP),
        pValue(change.p),
      ],
    ];
  });
  if (rows.length === 0) return '';
  return table([title, 'n', 'newly refused', 'no longer', 'points', 'clusters', 'p', 'McNemar'], rows);
}

function rates(summary: Summary): string {
  const rows = rateRows(summary).map(({ name, attack, base, steered }) => [
    `${attack ? '    ' : ''}${name}`,
    String((steered ?? base)?.n ?? 0),
    ...rateCells(base),
    ...rateCells(steered),
  ]);
  if (rows.length === 0) return '';
  const kinds = kindSentences(summary).map((text) => `\n${wrap(text)}`);
  return `${table(['REFUSED', 'n', 'base', '95 % interval', 'steered', '95 % interval'], rows)}${kinds.join('')}`;
}

function controls(summary: Summary): string {
  if (otherConditions(summary).length === 0) return '';
  const conditions = conditionRows(summary);
  const rows = conditions.map((row) => [
    row.name,
    chosenWords(row, summary.strength),
    ...conditionGroups.map((group) => {
      const rate = row.rates[group];
      return rate === undefined ? '-' : percent(rate.rate);
    }),
  ]);
  const contests = contestSentences(summary).map((text) => `\n${wrap(text, '- ', '  ')}`);
  const names = ['harmful', 'seen jb.', 'unseen jb.', 'benign', 'borderline'];
  const drawn = conditions.some(({ draws }) => draws > 1);
  const note = drawn
    ? `\n${wrap('Of a control that rests on chance the mean of its draws; the report has their range.')}`
    : '';
  return `${table(['REFUSED, BY CONDITION', 'strength', ...names], rows)}${note}${contests.join('')}`;
}

function checkList({ checks }: Summary): string {
  const marks = { pass: 'pass', fail: 'FAIL', 'not enough data': '??  ' } as const;
  const rows = checks.map((check) => [
    `${marks[check.outcome]} ${check.name}`,
    checkValue(check),
    checkTarget(check),
    checkBounds(check),
  ]);
  const open = checks
    .filter(({ outcome, value }) => outcome === 'not enough data' && value !== null)
    .map((check) => wrap(`${check.name}: ${enoughWords(check)} (now ${check.n})`, '- ', '  '));
  const note =
    open.length === 0 ? [] : [wrap('?? is not enough data. Prompts that would decide at the number seen:'), ...open];
  return [table(['CHECKS, FIXED BEFORE', 'measured', 'margin', '95 % bounds'], rows), ...note].join('\n');
}

function warnings(messages: readonly string[]): string {
  if (messages.length === 0) return '';
  return ['WARNINGS', ...messages.map((message) => wrap(message, '- ', '  '))].join('\n');
}

function rateCells(rates: Rates | undefined): string[] {
  return rates === undefined ? ['-', ''] : [percent(rates.rate), interval(rates.low, rates.high)];
}

/** First column to the left, numbers to the right, the head underlined. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd();
  return [
    line(head),
    '-'.repeat(
      Math.min(
        width,
        widths.reduce((sum, w) => sum + w + 2, -2),
      ),
    ),
    ...rows.map(line),
  ].join('\n');
}

export function wrap(text: string, first = '', rest = ''): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const next = line === first && lines.length === 0 ? first + word : line === rest ? rest + word : `${line} ${word}`;
    if (next.length > width && line.trim() !== '') {
      lines.push(line);
      line = rest + word;
    } else {
      line = next;
    }
  }
  return [...lines, line].join('\n');
}

/** Terminals' code pages differ; a dash or a no-break space shouldn't come out as a question mark. */
export function ascii(text: string): string {
  return text.replace(/\u00a0/g, ' ').replace(/[−–]/g, '-');
}
