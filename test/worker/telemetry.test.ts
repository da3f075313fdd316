import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tinyWorkspace } from './tiny-workspace.ts';

const model = resolve('test/fixtures/tiny-models/llama-fp32/model.onnx');
const session = `require('onnxruntime-node').InferenceSession.create(${JSON.stringify(model)})`;
/** What onnxruntime's telemetry leaves: a log, an identifier of its sessions, one of the device, and events to be sent. */
const traces = /mat-debug|\.ses$|deviceid|onnxruntime\.db/;

test('onnxruntime reports to nobody from the processes of the model', ({ skip }) => {
  skip(process.platform !== 'linux', 'what telemetry leaves is known for Linux');
  // The check can fail: without what we set, a session leaves all of it.
  expect(leftBy(['-e', session]).filter((name) => traces.test(name))).not.toEqual([]);

  const root = tinyWorkspace();
  for (const command of [
    ['fit', root, '--limit', '20'],
    ['doctor', root],
  ])
    expect(leftBy(['dist/cli.js', ...command, '--json']).filter((name) => traces.test(name))).toEqual([]);
});

/** The files that Node.js leaves in its temporary folder and its user's cache. */
function leftBy(args: readonly string[]): string[] {
  const home = mkdtempSync(join(tmpdir(), 'alphasteer-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const temporary = join(home, 'tmp');
  mkdirSync(temporary);
  const env = {
    ...process.env,
    ...{ HOME: home, XDG_CACHE_HOME: join(home, '.cache'), TMPDIR: temporary },
    ...{ CI: undefined, ORT_DISABLE_TELEMETRY: undefined }, // either switches it off
  };
  const { stderr, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env,
  });
  expect(stderr).not.toMatch(/\n\s+at /);
  if (args.includes('--json')) expect(() => void JSON.parse(stdout)).not.toThrow();
  return readdirSync(home, { recursive: true, encoding: 'utf8' });
}
