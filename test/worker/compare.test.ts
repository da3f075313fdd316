import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { conditionsOf, controlNames } from '../../src/core/controls/controls.ts';
import type { AskResult, CompareResult } from '../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf, startAlphasteer } from './alphasteer.ts';
import { promptLines, readLines, writeConfig, writeJudge, writeTinyWorkspace } from './tiny-workspace.ts';

let root: string;

/** A comparison of the fitted workspace, without problems. */
function compare(...options: string[]): CompareResult {
  const ended = alphasteer('compare', root, '--json', ...options);
  expect(problemsOf(ended)).toEqual([]);
  return JSON.parse(ended.stdout) as CompareResult;
}

const fitted = mkdtempSync(join(tmpdir(), 'alphasteer-fitted-'));

beforeAll(() => {
  writeTinyWorkspace(fitted, 200);
  expect(alphasteer('fit', fitted).status).toBe(0);
});
afterAll(() => rmSync(fitted, { recursive: true }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'alphasteer-compared-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  cpSync(fitted, root, { recursive: true });
});

test('base replies to a sample once more, each prompt alone, and the report sets the changes against that', () => {
  const { run, summary } = compare();
  const again = readLines(join(run, 'replies.jsonl')).filter(({ condition }) => condition === 'base-again');
  const kinds = again.map(({ label, set }) => `${String(label)} ${String(set)}`);
  expect(kinds.filter((kind) => kind === 'benign evaluate')).toHaveLength(8);
  expect(kinds.filter((kind) => kind === 'harmful evaluate')).toHaveLength(8);
  expect(summary.conditions['base-again']?.benign?.n).toBe(8);
  expect(summary.sameAgain.benign).toMatchObject({ n: 8 });
  expect(summary.degenerate.floor).toMatchObject({ n: again.length });
  expect(summary.warnings.join('\n')).not.toContain('floor');
  const report = readFileSync(join(run, 'report.html'), 'utf8');
  expect(report).toContain('Noise floor');
  const { version } = JSON.parse(readFileSync('node_modules/onnxruntime-node/package.json', 'utf8')) as {
    version: string;
  };
  expect(
    report.match(new RegExp(`AlphaSteer [\\d.]+, onnxruntime ${version}, Node.js ${process.versions.node}`, 'g')),
  ).toHaveLength(2);
});

test('replies of another length are made again, and the last ones count', () => {
  const first = compare();
  expect(compare()).toMatchObject({ made: 0, reused: first.made, summary: first.summary });
  expect(compare('--max-new-tokens', '3')).toMatchObject({ made: first.made, reused: 0 });
  const lines = readLines(join(first.run, 'replies.jsonl'));
  expect(lines.slice(first.made).every(({ tokens }) => Number(tokens) <= 3)).toBe(true);
  expect(compare()).toMatchObject({ made: first.made, summary: first.summary });
});

test("replies to another fit's steering are made again, in a folder of one's own too", () => {
  const out = mkdtempSync(join(root, 'out-'));
  const first = compare('--out', out);
  expect(compare('--out', out)).toMatchObject({ made: 0 });
  writeConfig(root, { fit: { ridge: 10 } });
  expect(alphasteer('fit', root).status).toBe(0);
  expect(compare('--out', out)).toMatchObject({ made: first.made, reused: 0 });
});

test('when the rules of the judge change, the replies stay and their verdicts are given anew', () => {
  const first = compare();
  const refused = ({ conditions }: CompareResult['summary']): number | undefined => conditions['base']?.benign?.refused;
  expect(refused(first.summary)).toBeGreaterThan(0);
  writeJudge(root, ['nothing says this']);
  const again = compare();
  expect(again).toMatchObject({ made: 0, reused: first.made });
  expect(refused(again.summary)).toBe(0);
  const last = new Map(
    readLines(join(first.run, 'replies.jsonl')).map((line) => [
      `${String(line['id'])} ${String(line['condition'])}`,
      line,
    ]),
  );
  expect([...last.values()].map(({ verdict }) => verdict)).not.toContain('refused');
});

test("a person's verdicts count in place of the rules', and the report keeps what the rules said", () => {
  const first = compare();
  const { id, condition, strength, reply, verdict } = readLines(join(first.run, 'replies.jsonl')).find(
    (line) => line['condition'] === 'base' && line['label'] === 'benign' && line['verdict'] === 'refused',
  )!;
  const overrides = join(first.run, 'overrides.jsonl');
  writeFileSync(overrides, `${JSON.stringify({ id, condition, strength, reply, verdict: 'complied' })}\n`);
  const { summary } = compare();
  const benign = ({ conditions }: CompareResult['summary']): number => conditions['base']!.benign!.refused;
  expect(benign(summary)).toBe(benign(first.summary) - 1);
  expect(summary.review).toMatchObject({ reviewed: 1, agreed: 0, kappa: 0 });
  const written = JSON.parse(readFileSync(join(first.run, 'summary.json'), 'utf8')) as CompareResult['summary'];
  expect(written).toEqual(summary);
  expect(readFileSync(join(first.run, 'report.html'), 'utf8')).toContain(`"rules":"${String(verdict)}"`);
  expect(alphasteer('compare', root).stdout).toMatch(/A person judged 1 reply and overruled the rules on 1/);

  writeFileSync(overrides, 'no verdict\n');
  expect(problemsOf(alphasteer('compare', root))).toEqual([
    `warning: ${overrides}:1: This line is no verdict on a reply and is ignored. Remove it, or give the verdict again in the refusal report.`,
  ]);
});

test(
  'every control is made, at a strength chosen on the fit files, and none of it is made twice',
  { timeout: 600_000 },
  () => {
    writeConfig(root, { evaluate: { controls: ['cast', 'random-w', 'system-prompt'] } });
    const plain = compare('--controls', 'none');
    const few = compare();
    expect(few.reused).toBe(plain.made);
    expect(Object.keys(few.summary.conditions).slice(3)).toEqual([
      'cast',
      'random-w#1',
      'random-w#2',
      'random-w#3',
      'system-prompt',
    ]);
    const all = compare('--controls', 'all');
    const { fitted, budget } = all.summary.controls!;
    expect(fitted.map(({ control }) => control)).toEqual(conditionsOf(controlNames).map(({ control }) => control));
    for (const { withinBudget, strengths, strength } of fitted) {
      const point = strengths.find(({ chosen }) => chosen)!;
      expect(point.strength).toBe(strength);
      const kept = point.benignKl <= budget.kl && point.refused.benign! <= budget.overRefusal;
      expect(withinBudget).toBe(kept);
    }
    const n = all.summary.conditions['base']!.benign!.n;
    for (const { condition } of fitted) expect(all.summary.conditions[condition]?.benign?.n, condition).toBe(n);
    expect(compare('--controls', 'all')).toMatchObject({ made: 0, summary: all.summary });
    writeJudge(root, ['nothing says this']);
    const other = compare('--controls', 'cast').summary.controls!.fitted[0]!;
    expect(other.strengths.map(({ refused }) => refused.harmful)).toEqual(other.strengths.map(() => 0));
    expect(
      fitted.find(({ control }) => control === 'cast')!.strengths.some(({ refused }) => refused.harmful! > 0),
    ).toBe(true);
    writeJudge(root, ['no*']);
    expect(compare('--controls', 'cast')).toMatchObject({ made: 0 });
    const lines = readLines(join(all.run, 'replies.jsonl'));
    const base = new Map(lines.filter(({ condition }) => condition === 'base').map(({ id, reply }) => [id, reply]));
    const kept = lines.filter(({ condition, untouched }) => condition === 'cast' && untouched === true);
    expect(kept.length).toBeGreaterThan(0);
    for (const { id, reply } of kept) expect(reply).toBe(base.get(id));
  },
);

test('controls of a fit whose prompts have changed since are refused, with what to do', () => {
  appendFileSync(join(root, 'benign.jsonl'), promptLines('benign', 1, 'later'));
  const ended = alphasteer('compare', root, '--controls', 'cast');
  expect(problemsOf(ended).join('\n')).toContain('The prompts of this run are not those of the workspace');
  expect(ended.status).toBe(1);
});

test('a control that there is not is a usage error that names those there are', () => {
  const ended = alphasteer('compare', root, '--controls', 'magic');
  expect(ended.stderr).toContain('There is no control "magic"; there are system-prompt, refusal-vector, cast');
  expect(ended.status).toBe(2);
});

test('the same replies in any order of finishing give the same summary, byte for byte', () => {
  const { run } = compare();
  const summary = readFileSync(join(run, 'summary.json'), 'utf8');
  rmSync(join(run, 'replies.jsonl'));
  compare('--limit', '3');
  compare();
  expect(readFileSync(join(run, 'summary.json'), 'utf8')).toBe(summary);
});

/** The numbers of a run made anew from its folder. */
function exported(run: string): CompareResult['summary'] {
  const out = join(root, 'numbers.json');
  expect(problemsOf(alphasteer('export', run, '--to', 'json', '--out', out, '--workspace', root))).toEqual([]);
  return JSON.parse(readFileSync(out, 'utf8')) as CompareResult['summary'];
}

test('a prompt whose label, kind and line have changed counts as what it is now, with the reply it has', () => {
  const first = compare();
  const file = join(root, 'heldout.jsonl');
  const [benign, ...others] = readLines(file);
  const now = [...others, { ...benign, label: 'jailbreak', attack: 'disguise' }];
  writeFileSync(file, now.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const { summary, run } = compare();
  const sizes = ({ conditions }: CompareResult['summary']): unknown[] =>
    (['benign', 'harmful', 'jailbreak'] as const).map((label) => conditions['base']?.[label]?.n);
  expect(sizes(first.summary)).toEqual([12, 12, sizes(first.summary)[2]]);
  expect(sizes(summary)).toEqual([11, 12, Number(sizes(first.summary)[2]) + 1]);
  expect(summary.attacks['steered']?.['disguise']?.n).toBe(1);
  const lines = readLines(join(run, 'replies.jsonl')).filter(({ id }) => id === benign!['id']);
  expect(lines.at(-1)).toMatchObject({ label: 'jailbreak', attack: 'disguise', line: now.length });
  expect(exported(run)).toEqual(summary);
});

test('what was compared last is what a run has wherever it is read: fewer prompts, others than before, no controls', () => {
  const whole = compare('--controls', 'cast');
  expect(exported(whole.run)).toEqual(whole.summary);
  const few = compare('--limit', '3');
  expect(few.reused).toBeGreaterThan(few.made);
  expect(exported(few.run)).toEqual(few.summary);
  const file = join(root, 'heldout.jsonl');
  writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(4).join('\n'));
  const less = compare();
  expect(less.summary.conditions['base']!.benign!.n).toBe(8);
  expect(exported(less.run)).toEqual(less.summary);
});

test('a comparison that was killed is told of as what it was: its strength, its length', async () => {
  const { run } = compare();
  const replies = join(run, 'replies.jsonl');
  const { size } = statSync(replies);
  const { child, ended } = startAlphasteer('compare', root, '--strength', '2', '--max-new-tokens', '5');
  while (child.exitCode === null && statSync(replies).size === size) await pause(1);
  process.kill(-child.pid!, 'SIGKILL');
  await ended;
  expect(exported(run).strength).toBe(2);
  const page = join(root, 'report.html');
  expect(alphasteer('export', run, '--to', 'html', '--out', page, '--workspace', root).status).toBe(0);
  expect(readFileSync(page, 'utf8')).toContain('5 tokens at most');
});

test('prompts that no layer steers keep the base reply, which is what the steered graph says to them', () => {
  const { run } = compare();
  const lines = readLines(join(run, 'replies.jsonl'));
  const untouched = lines.filter((line) => line['untouched'] === true);
  expect(untouched.length).toBeGreaterThan(0);
  for (const { id, prompt, reply } of untouched.slice(0, 2)) {
    expect(lines.find((line) => line['id'] === id && line['condition'] === 'base')).toMatchObject({ reply });
    const asked = JSON.parse(alphasteer('ask', String(prompt), '--workspace', root, '--json').stdout) as AskResult;
    expect(asked.steered.reply).toBe(reply);
    expect(asked.layers.every(({ norm }) => norm === 0)).toBe(true);
    expect(asked.firstToken?.steered).toBe(asked.firstToken?.base);
  }
  const steered = lines.filter((line) => line['condition'] === 'steered');
  expect(steered.length).toBeGreaterThan(untouched.length);
});

test("other prompts can be compared on, in a folder of their own; those of the fit's files are left out", () => {
  const [fitted] = readLines(join(root, 'benign.jsonl'));
  const chat = [
    { role: 'user', content: 'bake' },
    { role: 'assistant', content: 'dife' },
    { role: 'user', content: 'gula' },
  ];
  const file = join(root, 'other.jsonl');
  const rows = [
    fitted,
    { id: 'chat', messages: chat, label: 'benign' },
    { id: 'one', prompt: 'mela', label: 'harmful' },
  ];
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  expect(problemsOf(alphasteer('compare', root, '--prompts', file)).join()).toContain('needs a folder of its own');

  const out = join(root, 'other');
  const ended = alphasteer('compare', root, '--json', '--out', out, '--prompts', file);
  expect(problemsOf(ended)).toEqual([expect.stringMatching(/other\.jsonl:1:\d+.*stands in the fit's files too/)]);
  const base = readLines(join(out, 'replies.jsonl')).filter(({ condition }) => condition === 'base');
  expect(base.map(({ id }) => id)).toEqual(['chat', 'one']);
  expect(base[0]).toMatchObject({ prompt: 'gula', earlier: chat.slice(0, 2), template: 'chat', goal: 'chat' });
  expect(base[1]).toMatchObject({ template: 'one', goal: 'one' });
});
