import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { driverStamp } from '../../../../src/worker/device/driver-stamp.ts';

function machine(): string {
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-drivers-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const folder of ['etc', 'dev/dri', 'usr/share/vulkan/icd.d', 'opt/cuda'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'etc/ld.so.cache'), '');
  return root;
}

test('the stamp stays while nothing changes', async () => {
  const root = machine();
  const stamp = await driverStamp({}, root);
  writeFileSync(join(root, 'dev/tty9'), '');
  expect(await driverStamp({ HOME: '/elsewhere' }, root)).toBe(stamp);
});

test.each<[string, (root: string) => NodeJS.ProcessEnv]>([
  ['a Vulkan driver comes', (root) => (utimesSync(join(root, 'usr/share/vulkan/icd.d'), 1, 1), {})],
  ['a library comes', (root) => (utimesSync(join(root, 'etc/ld.so.cache'), 1, 1), {})],
  ['a card gets a driver', (root) => (writeFileSync(join(root, 'dev/dri/renderD128'), ''), {})],
  ['an NVIDIA card gets one', (root) => (writeFileSync(join(root, 'dev/nvidia0'), ''), {})],
  ['libraries are pointed to', (root) => ({ LD_LIBRARY_PATH: join(root, 'opt/cuda') })],
])('it is another one when %s', async (_, change) => {
  const root = machine();
  const stamp = await driverStamp({}, root);
  expect(await driverStamp(change(root), root)).not.toBe(stamp);
});

test('it is another one when what a variable points to changes', async () => {
  const root = machine();
  const env = { LD_LIBRARY_PATH: join(root, 'opt/cuda') };
  const stamp = await driverStamp(env, root);
  utimesSync(join(root, 'opt/cuda'), 1, 1);
  expect(await driverStamp(env, root)).not.toBe(stamp);
});
