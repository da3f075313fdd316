import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

// Bundled, because it imports JSON without the attribute that Node.js asks for.
const { outputFiles } = await build({
  stdin: { contents: "export * from '@actions/workflow-parser'", resolveDir: '.' },
  bundle: true,
  platform: 'browser', // Its packages then come as ES modules.
  format: 'esm',
  write: false,
});
const { NoOperationTraceWriter, parseWorkflow } = (await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`
)) as typeof import('@actions/workflow-parser');

const path = '.github/workflows/test.yml';
const content = readFileSync(path, 'utf8');

/** What GitHub's own parser, with its schema, has against a workflow. */
function problems(text: string): string[] {
  const { context } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

test('the workflow is one by the schema of GitHub', () => {
  expect(problems(content)).toEqual([]);
  expect(problems(content.replace('timeout-minutes', 'timeout-minuets'))).not.toEqual([]);
});

test('each action is pinned by its commit, with its version beside it', () => {
  const uses = content.match(/^.*uses:.*$/gm)!;
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('it runs what a clean clone runs here, and no more', () => {
  const steps = [...content.matchAll(/^ *- run: (.*)$/gm)].map(([, command]) => command);
  const here = readFileSync('.ci/run', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('npm '));
  expect(steps).toEqual(here);
});
