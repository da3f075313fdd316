import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CancelledError } from '../../../src/core/cancelled.ts';
import { lockWorkspace } from '../../../src/worker/workspace-lock.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'alphasteer-lock-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const never = (): Promise<void> => Promise.reject(new Error('The lock is taken.'));

/** Another process that takes the lock, and then blocks its thread as a long computation does. */
async function holder(root: string): Promise<ChildProcess> {
  const module = resolve('src/worker/workspace-lock.ts');
  const code = `import { lockWorkspace } from ${JSON.stringify(module)};
    await lockWorkspace(${JSON.stringify(root)}, async () => {});
    process.stdout.write('held', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

test('a lock is one’s own until it is given back, by whatever path the folder is named', async () => {
  const root = folder();
  const link = join(folder(), 'link');
  symlinkSync(root, link);
  const release = await lockWorkspace(root, never);
  await expect(lockWorkspace(link, never)).rejects.toThrow('taken');
  await (
    await lockWorkspace(folder(), never)
  )();
  await release();
  await (
    await lockWorkspace(link, never)
  )();
});

test('who waits is told, may give up, and has the lock when the other gives it back', async () => {
  const root = folder();
  const release = await lockWorkspace(root, never);
  await expect(lockWorkspace(root, () => Promise.reject(new CancelledError()))).rejects.toThrow(CancelledError);
  let looks = 0;
  const second = lockWorkspace(root, async () => {
    if (++looks === 2) await release();
  });
  await (
    await second
  )();
  expect(looks).toBe(2);
});

test('a process that blocks its thread holds the lock, and one that is killed does not', async () => {
  const root = folder();
  const child = await holder(root);
  await expect(lockWorkspace(root, never)).rejects.toThrow('taken');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  await (
    await lockWorkspace(root, never)
  )();
});
