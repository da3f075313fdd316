import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { CompareResult } from '../../src/rpc/worker-api.ts';
import { alphasteer, startAlphasteer } from './alphasteer.ts';
import { tinyWorkspace, writeConfig } from './tiny-workspace.ts';

test('a comparison killed in the middle and gone on with leaves the same summary.json, byte for byte', async () => {
  const root = tinyWorkspace();
  const { run } = JSON.parse(alphasteer('fit', root, '--json').stdout) as { run: string };
  const [replies, summary] = ['replies.jsonl', 'summary.json'].map((name) => join(run, name)) as [string, string];
  const whole = JSON.parse(alphasteer('compare', root, '--json').stdout) as CompareResult;
  const bytes = readFileSync(summary, 'utf8');
  rmSync(replies);
  rmSync(summary);

  const { child, ended } = startAlphasteer('compare', root, '--json');
  while (child.exitCode === null && !(existsSync(replies) && readFileSync(replies, 'utf8') !== '')) await pause(1);
  process.kill(-child.pid!, 'SIGKILL');
  await ended;
  expect(existsSync(summary)).toBe(false);

  const resumed = JSON.parse(alphasteer('compare', root, '--json').stdout) as CompareResult;
  expect(resumed.reused).toBeGreaterThan(0);
  expect(resumed.made + resumed.reused).toBe(whole.made);
  expect(readFileSync(summary, 'utf8')).toBe(bytes);
  expect(alphasteer('compare', root, '--json').status).toBe(0);
  expect(readFileSync(summary, 'utf8')).toBe(bytes);
});

test('margins changed after the fit are told, and the ones that the fit fixed decide', () => {
  const root = tinyWorkspace({ evaluate: { margins: { benignRise: 0.01 } } });
  expect(alphasteer('fit', root).status).toBe(0);
  writeConfig(root, { evaluate: { margins: { benignRise: 0.9 } } });
  const ended = alphasteer('compare', root, '--json');
  expect(ended.status).toBe(1);
  expect(ended.stderr).toContain('benignRise from 0.01 to 0.9');
  const { summary, fit, report } = JSON.parse(ended.stdout) as CompareResult;
  expect(summary.checks.find(({ id }) => id === 'benign-kept')?.target).toBe(0.01);
  expect(fit.warnings.join(' ')).toContain('benignRise from 0.01 to 0.9');
  expect(readFileSync(report, 'utf8')).toContain('benignRise from 0.01 to 0.9');
});
