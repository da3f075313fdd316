import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { TrialRequest } from '../../../../src/worker/device/device-trial.ts';
import { tryDevice } from '../../../../src/worker/device/try-device.ts';

const folder = mkdtempSync(join(tmpdir(), 'alphasteer-trial-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A process that does `code` when it is asked to try a device. */
const tried = (code: string, limit = 30_000): ReturnType<typeof tryDevice> => {
  const module = join(folder, 'trial.mjs');
  writeFileSync(
    module,
    `import { writeFileSync } from 'node:fs';\nprocess.once('message', ({ profiles }) => { ${code} });`,
  );
  return tryDevice({} as TrialRequest, limit, module);
};

test('a provider that ends its process is one that does not work; the worker lives on', async () => {
  expect(await tried("process.kill(process.pid, 'SIGSEGV')")).toEqual({
    error: 'it ended its process (SIGSEGV)',
    tooSlow: false,
  });
  expect(await tried('process.exit(3)')).toEqual({ error: 'it ended its process (status 3)', tooSlow: false });
});

test('a provider that hangs is too slow', async () => {
  expect(await tried('setInterval(() => undefined, 1000)', 1_000)).toEqual({
    error: 'it was not done within 1 s',
    tooSlow: true,
  });
});

test('what a provider wrote on stderr is told with its error, without colours and times', async () => {
  const log =
    '\\u001b[1;31m2026-01-01 [E:onnxruntime:x, bridge.cc:1 Create] Failed to load libcublas.so.12.\\u001b[m\\n';
  const code = `process.stderr.write("${log}Warning: no driver\\n"); process.send({ error: 'no', tooSlow: false }, () => process.exit(0));`;
  expect(await tried(code)).toEqual({ error: 'no | Failed to load libcublas.so.12 | no driver', tooSlow: false });
});

test('the profile of a trial is gone with it, also where it was killed', async () => {
  const told = join(folder, 'told');
  const leave = `writeFileSync(profiles + '/profile.json', '[]'); writeFileSync(${JSON.stringify(told)}, profiles);`;
  for (const end of ["process.kill(process.pid, 'SIGSEGV')", 'setInterval(() => undefined, 1000)']) {
    await tried(leave + end, 1_000);
    expect(existsSync(readFileSync(told, 'utf8'))).toBe(false);
  }
});
