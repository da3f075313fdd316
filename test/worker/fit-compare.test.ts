import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const quickstart = resolve('examples/quickstart');
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'alphasteer-'));
  cpSync(join(quickstart, 'prompts'), join(root, 'prompts'), { recursive: true });
  cpSync(join(quickstart, 'alphasteer.json'), join(root, 'alphasteer.json'));
  symlinkSync(join(quickstart, 'model'), join(root, 'model'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function alphasteer(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['dist/cli.js', ...args], { encoding: 'utf8', timeout: 600_000 });
}

test(
  'fit learns steering, a second fit computes nothing again, compare resumes after a torn line',
  { timeout: 900_000 },
  () => {
    const first = alphasteer('fit', root, '--limit', '8', '--layers', '14,16', '--strength', '1', '--json');
    expect(first.stderr).not.toMatch(/\n\s+at /);
    // 8 prompts of a kind are few, which is told, and does not stop the fit.
    expect(first.stderr).toContain('The null space rests on');
    expect(first.status).toBe(1);
    const fitted = JSON.parse(first.stdout) as { run: string; computed: number; fit: { layers: number[] } };
    expect(fitted.fit.layers).toEqual([14, 16]);
    expect(fitted.computed).toBeGreaterThan(0);

    const second = JSON.parse(
      alphasteer('fit', root, '--limit', '8', '--layers', '14,16', '--strength', '1', '--json').stdout,
    ) as {
      computed: number;
    };
    expect(second.computed).toBe(0);

    const compare = ['compare', root, '--run', fitted.run, '--limit', '3', '--max-new-tokens', '8', '--json'];
    expect(alphasteer(...compare).status).toBe(0);
    const replies = join(fitted.run, 'replies.jsonl');
    const before = readFileSync(replies, 'utf8');
    const summary = readFileSync(join(fitted.run, 'summary.json'), 'utf8');
    expect(JSON.parse(summary)).toMatchObject({ format: 'alphasteer-summary/1', strength: 1 });
    expect(readFileSync(join(fitted.run, 'report.html'), 'utf8')).toContain('AlphaSteer refusal report');
    const lines = before.split('\n').filter(Boolean);
    writeFileSync(replies, `${lines.slice(0, -1).join('\n')}\n`);
    appendFileSync(replies, lines.at(-1)!.slice(0, 40));
    const again = alphasteer(...compare);
    expect(again.stderr).toContain('cut off');
    expect(again.status).toBe(1);
    expect((JSON.parse(again.stdout) as { made: number }).made).toBe(1);
    expect(readFileSync(replies, 'utf8')).toBe(before);
    expect(readFileSync(join(fitted.run, 'summary.json'), 'utf8')).toBe(summary);
  },
);

test('a folder without alphasteer.json is one clear message, status 1 and no stack trace', () => {
  const { status, stderr } = alphasteer('fit', join(root, 'prompts'));
  expect(status).toBe(1);
  expect(stderr).toContain('There is no alphasteer.json');
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('an unknown option is a usage error, status 2', () => {
  expect(alphasteer('fit', '--nonsense').status).toBe(2);
});
