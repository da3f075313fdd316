import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { processes } from '../processes.ts';

/** How a run of the command line ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that is still going on. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Runs the built command line to its end. */
export function alphasteer(...args: string[]): Ended {
  return spawnSync(process.execPath, ['dist/cli.js', ...args], { encoding: 'utf8' });
}

/** Starts it in a process group of its own, as a terminal does, for a test that does something to it while it runs. */
export function startAlphasteer(...args: string[]): Started {
  const child = spawn(process.execPath, ['dist/cli.js', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (part: string) => (text[stream] += part));
  const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, ...text })));
  return { child, ended };
}

/** The process of the model, which is the command line's only child; undefined before it is started and once it has ended. */
export function workerPid({ pid }: ChildProcess): number | undefined {
  return processes().find(({ parent }) => parent === pid)?.pid;
}

/** What a person is told went wrong, a line each; anything like a stack trace fails the test. */
export function problemsOf({ stderr, stdout }: Ended): string[] {
  expect(stderr + stdout).not.toMatch(/\n\s+at \S+ ?\(?\S*:\d+/);
  return stderr.split('\n').filter((line) => /^(error|warning): /.test(line));
}

/** The manifest of the run that a command run with `--json` says it left. */
export function manifestOf({ stdout }: Ended): Record<string, unknown> {
  const { run } = JSON.parse(stdout) as { run: string };
  return JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8')) as Record<string, unknown>;
}
