import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { DoctorResult, InspectResult } from '../../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf } from '../alphasteer.ts';
import { tinyWorkspace } from '../tiny-workspace.ts';
import { withoutWebgpu } from './software-adapter.ts';

const cache = mkdtempSync(join(tmpdir(), 'alphasteer-cache-'));
process.env['XDG_CACHE_HOME'] = cache;
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const inspect = (root: string, device: string): ReturnType<typeof alphasteer> =>
  alphasteer('inspect', join(root, 'model'), '--workspace', root, '--device', device, '--json');
const deviceOf = ({ stdout }: ReturnType<typeof alphasteer>): InspectResult['device'] =>
  (JSON.parse(stdout) as InspectResult).device;

const why = await withoutWebgpu();

describe('where no graphics driver is', () => {
  const withoutDriver = <T>(run: () => T): T => {
    const driver = process.env['VK_DRIVER_FILES'];
    process.env['VK_DRIVER_FILES'] = '/no/such/driver.json';
    try {
      return run();
    } finally {
      if (driver === undefined) delete process.env['VK_DRIVER_FILES'];
      else process.env['VK_DRIVER_FILES'] = driver;
    }
  };

  test('auto takes the CPU and says of every other device why not', () => {
    const root = tinyWorkspace();
    const report = deviceOf(withoutDriver(() => inspect(root, 'auto')));
    expect(report.device).toBe('cpu');
    expect(report.tried.map(({ device }) => device)).toEqual(['cuda', 'dml', 'coreml', 'webgpu', 'cpu']);
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    const { detail, fix, works } = report.tried.find(({ device }) => device === 'webgpu')!;
    expect(works).toBe(false);
    expect(detail).toContain('Failed to get a WebGPU adapter');
    expect(fix).toContain('on Linux Vulkan');
  });

  test('a failed trial is not made again until a day has passed, but by name and by doctor', () => {
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    const root = tinyWorkspace();
    const webgpu = (device: string): string | undefined =>
      deviceOf(withoutDriver(() => inspect(root, device))).tried.find((tried) => tried.device === 'webgpu')?.detail;
    const before = '(tried before; `alphasteer doctor` tries it again)';
    rmSync(cache, { recursive: true, force: true });
    expect(webgpu('auto')).not.toContain(before);
    expect(webgpu('auto')).toContain(before);

    const named = withoutDriver(() => inspect(root, 'webgpu'));
    expect(problemsOf(named)[0]).toContain('The model cannot run on webgpu:');
    expect(problemsOf(named)[0]).not.toContain('tried before');
    expect(withoutDriver(() => alphasteer('doctor', root)).stdout).not.toContain('tried before');
    const trials = join(cache, 'alphasteer/trials');
    const kept = readdirSync(trials);
    expect(webgpu('auto')).toContain(before);
    expect(readdirSync(trials)).toEqual(kept);

    for (const name of kept) utimesSync(join(trials, name), new Date(), new Date(Date.now() - 25 * 60 * 60 * 1000));
    expect(webgpu('auto')).not.toContain(before);
  });

  test.each(['cuda', 'dml', 'coreml', 'webgpu'])(
    '%s by name is an error that says why, and nothing runs instead',
    (device) => {
      const root = tinyWorkspace();
      const ended = withoutDriver(() => inspect(root, device));
      if (ended.status === 0 && ended.stdout.includes(`"device": "${device}"`)) return; // a machine that has it
      expect(ended.status).toBe(1);
      expect(problemsOf(ended)[0]).toContain(`The model cannot run on ${device}:`);
      expect(ended.stdout).not.toContain('"device": "cpu"');
    },
  );

  test('doctor tries each device, and tells how to mend what can be mended', () => {
    const root = tinyWorkspace();
    const ended = withoutDriver(() => alphasteer('doctor', root, '--json'));
    const { checks } = JSON.parse(ended.stdout) as DoctorResult;
    const of = (device: string): DoctorResult['checks'][number] =>
      checks.find(({ name }) => name === `Device ${device}`)!;
    expect(of('cpu').detail).toContain('auto takes it');
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    expect(of('webgpu')).toMatchObject({
      state: 'warning',
      fix: expect.stringContaining('mesa-vulkan-drivers') as string,
    });
    expect(of('cuda')).toMatchObject({ state: 'warning', fix: expect.stringContaining('install.js') as string });
    expect(of('dml')).toMatchObject({ state: 'ok', detail: expect.stringContaining('only for Windows') as string });
  });
});

describe('on a software adapter', () => {
  beforeEach(({ skip }) => skip(why !== undefined, `needs WebGPU, a software adapter is enough: ${why}`));

  test('WebGPU by name runs, its numbers are compared, and its nodes are counted', () => {
    const root = tinyWorkspace();
    const report = deviceOf(inspect(root, 'webgpu'));
    expect(report.device).toBe('webgpu');
    expect(report.tried[0]!.detail).toMatch(/differ from the CPU's by \S+ % at most; \S+ times as fast as the CPU$/);
    expect(report.tried[0]!.nodes?.['WebGpuExecutionProvider']).toBeGreaterThan(50);
    expect(report.tried.map(({ cache }) => cache)).toEqual(['device', undefined]);
  });

  test('auto leaves it, since the CPU is faster', () => {
    const report = deviceOf(inspect(tinyWorkspace(), 'auto'));
    expect(report.device).toBe('cpu');
    const webgpu = report.tried.find(({ device }) => device === 'webgpu')!;
    expect(webgpu).toMatchObject({ works: true, detail: expect.stringContaining('(tried before)') as string });
  });
});
