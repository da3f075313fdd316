/**
 * All tests, as `npm test` runs them once everything is built. Each lane runs, also after one that failed. What this
 * machine cannot run is skipped: the last lines say which tests, how many, and what would bring them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withoutBrowser } from './browser/launch.ts';
import { countTests } from './count.ts';
import type { SkippedLane } from './skipped-lane.ts';
import { installCodeServer } from './vscode/host/install-code-server.ts';

const results = 'test-results';
for (const file of ['lanes.json', 'installed.json', 'vscode.json']) rmSync(join(results, file), { force: true });
mkdirSync(results, { recursive: true });

const browser = await withoutBrowser();
const editor = browser ?? installCodeServer();
const inEditor = ['--config', 'test/vscode/vitest.config.ts'];
/** The part of the editor's lane that only reads what is packed. */
const withoutEditor = 'test/vscode/ui/package.test.ts';

const skipped: SkippedLane[] = [];
if (browser !== undefined) skipped.push({ lane: 'ui', why: browser, tests: list(['--project', 'ui']) });
if (editor !== undefined)
  skipped.push({ lane: 'installed VSIX', why: editor, tests: list([...inEditor, '--exclude', withoutEditor]) });

const ended = [
  node('vitest/vitest.mjs', ['run', ...(browser === undefined ? [] : ['--project', '!ui'])]),
  node('tsx/dist/cli.mjs', ['test/vscode/host/run-suite.ts']),
  node('vitest/vitest.mjs', ['run', ...inEditor, ...(editor === undefined ? [] : [withoutEditor])]),
];
const failed = countTests(results, skipped);
if (failed > 0 || ended.some((status) => status !== 0)) process.exitCode = 1;

/** @returns the exit status */
function node(script: string, args: readonly string[]): number | null {
  return spawnSync(process.execPath, [join('node_modules', script), ...args], { stdio: 'inherit' }).status;
}

/** The names of tests that vitest would run. */
function list(args: readonly string[]): string[] {
  const file = join(results, 'listed.json');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'list', `--json=${file}`, ...args],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly name: string }[]).map(({ name }) => name);
}
