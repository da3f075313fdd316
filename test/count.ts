import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SkippedLane } from './skipped-lane.ts';
import type { Tallied } from './tally-reporter.ts';
import type { VscodeResults } from './vscode/host/run-suite.ts';

interface Lane {
  passed: number;
  failed: number;
}

/**
 * Says how many tests passed in each lane, and which were skipped for what, from what the lanes left behind; the last
 * line has the sums alone. A lane that left nothing counts as one failure.
 * @returns how many failed
 */
export function countTests(folder: string, notStarted: readonly SkippedLane[]): number {
  const lanes = new Map<string, Lane>();
  const skipped = [...notStarted];
  const lane = (name: string): Lane => {
    const known = lanes.get(name) ?? { passed: 0, failed: 0 };
    lanes.set(name, known);
    return known;
  };
  for (const file of ['lanes.json', 'installed.json'])
    for (const one of (read(folder, file) as Tallied[] | undefined) ?? [missing(file)])
      if (one.state === 'skipped')
        skipped.push({ lane: laneOf(one), why: one.note ?? 'it says no reason', tests: [one.name] });
      else lane(laneOf(one))[one.state]++;
  const inVscode = read(folder, 'vscode.json') as VscodeResults | undefined;
  skipped.push(...(inVscode?.skipped ?? []));
  lane('in VS Code').passed += inVscode?.passed ?? 0;
  lane('in VS Code').failed += inVscode?.failed ?? 1;
  return say(lanes, together(skipped));
}

function say(lanes: ReadonlyMap<string, Lane>, skipped: readonly SkippedLane[]): number {
  const failures = (failed: number): string => (failed > 0 ? ` (${failed} failed)` : '');
  console.log(
    `\nPassed: ${[...lanes].map(([name, { passed, failed }]) => `${name} ${passed}${failures(failed)}`).join(', ')}.`,
  );
  for (const { lane, why, tests } of skipped) {
    console.log(`Skipped: ${lane}, ${tests.length} ${tests.length === 1 ? 'test' : 'tests'}: ${why}`);
    for (const test of tests) console.log(`  - ${test}`);
  }
  const sum = (of: 'passed' | 'failed'): number => [...lanes.values()].reduce((all, one) => all + one[of], 0);
  const [passed, failed, left] = [
    sum('passed'),
    sum('failed'),
    skipped.reduce((all, { tests }) => all + tests.length, 0),
  ];
  console.log(`${passed} passed, ${failed} failed, ${left} skipped`);
  return failed;
}

/** Those of one lane that are skipped for one reason become one. */
function together(skipped: readonly SkippedLane[]): SkippedLane[] {
  const byReason = new Map<string, SkippedLane>();
  for (const { lane, why, tests } of skipped) {
    const key = `${lane}\n${why}`;
    byReason.set(key, { lane, why, tests: [...(byReason.get(key)?.tests ?? []), ...tests] });
  }
  return [...byReason.values()];
}

/** By the folder that the test lies in. */
function laneOf({ file }: Tallied): string {
  const folder = file.split('/')[1]!;
  return folder === 'vscode' ? 'installed VSIX' : folder;
}

function missing(file: string): Tallied {
  return { file: `test/${file}`, name: 'left no results', state: 'failed', milliseconds: 0 };
}

function read(folder: string, file: string): unknown {
  const path = join(folder, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
