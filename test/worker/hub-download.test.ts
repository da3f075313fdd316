import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { CancelledError } from '../../src/core/cancelled.ts';
import type { Progress } from '../../src/rpc/worker-api.ts';
import { lockFolder } from '../../src/worker/model-files/folder-lock.ts';
import { hubModel } from '../../src/worker/model-files/hub-model.ts';
import { startHubServer, type HubServer } from './hub-server.ts';

const weights = 'onnx/model_q4.onnx_data';
const served = new Map([
  ['config.json', Buffer.from('{}')],
  ['tokenizer.json', Buffer.from('{}')],
  ['tokenizer_config.json', Buffer.from('{}')],
  ['onnx/model_q4.onnx', Buffer.alloc(500, 1)],
  [weights, Buffer.alloc(1_000_000, 2)],
]);

/** A hub that keeps the second half of the weights back until it is told to go on. */
async function holdingHub(): Promise<{ hub: HubServer; cache: string; goOn: () => void }> {
  let goOn = (): void => undefined;
  let held: Promise<void> | undefined = new Promise((resolve) => {
    goOn = () => {
      held = undefined;
      resolve();
    };
  });
  const hub = await startHubServer({ files: served, hold: () => held });
  const cache = mkdtempSync(join(tmpdir(), 'alphasteer-hub-'));
  onTestFinished(() => {
    hub.close();
    rmSync(cache, { recursive: true });
  });
  return { hub, cache, goOn };
}

/** A download that is half done, and another that waits for it. */
async function twoDownloads(hub: HubServer, cache: string): Promise<[Download, Download]> {
  const first = download(hub, cache);
  await expect.poll(() => half(first), { timeout: 30_000 }).toBe(true);
  const second = download(hub, cache);
  await expect.poll(() => waits(second), { timeout: 30_000 }).toBe(true);
  return [first, second];
}

interface Download {
  readonly child: ChildProcess;
  readonly said: readonly Partial<Progress & { readonly path: string }>[];
  readonly ended: Promise<unknown>;
}

function download({ endpoint }: HubServer, cache: string): Download {
  const script = join(import.meta.dirname, 'hub-download.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, cache], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HF_ENDPOINT: endpoint },
  });
  const said: Partial<Progress>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Progress));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, said, ended: once(child, 'close') };
}

const phases = ({ said }: Download): (string | undefined)[] => said.map(({ phase }) => phase);
const half = ({ said }: Download): boolean => said.some(({ phase, done }) => phase === 'Download' && done! >= 0.4);
const waits = (one: Download): boolean => phases(one).some((phase) => phase?.startsWith('Wait for another download'));

function expectWhole({ said }: Download): void {
  const { path } = said.at(-1)!;
  expect(readFileSync(join(path!, weights)).equals(served.get(weights)!)).toBe(true);
  expect(readdirSync(join(path!, 'onnx')).sort()).toEqual(['model_q4.onnx', 'model_q4.onnx_data']);
}

test('of two processes that want one model one downloads it, and the other waits and finds it', async () => {
  const { hub, cache, goOn } = await holdingHub();
  const [first, second] = await twoDownloads(hub, cache);
  goOn();
  await Promise.all([first.ended, second.ended]);
  expectWhole(first);
  expectWhole(second);
  expect(phases(second)).not.toContain('Download');
  expect(hub.asked.filter((path) => path.endsWith(weights))).toHaveLength(1);
  expect(readdirSync(join(cache, 'owner/name'))).not.toContain('download.lock');
});

test('a process that waits goes on where the one that was killed stopped', async () => {
  const { hub, cache, goOn } = await holdingHub();
  const [first, second] = await twoDownloads(hub, cache);
  first.child.kill('SIGKILL');
  await first.ended;
  goOn();
  await second.ended;
  expectWhole(second);
  const went = second.said.filter(({ phase }) => phase === 'Download').map(({ done }) => done!);
  expect(Math.min(...went)).toBeGreaterThan(0.5);
});

test('waiting ends when it is cancelled, and leaves the other its lock', async () => {
  const { hub, cache } = await holdingHub();
  const lock = await lockFolder(join(cache, 'owner/name/download.lock'), () => Promise.resolve());
  const job = {
    progress: () => undefined,
    problem: () => undefined,
    text: () => undefined,
    log: () => undefined,
    checkpoint: () => Promise.reject(new CancelledError()),
  };
  const asked = { endpoint: hub.endpoint, cache, token: undefined, offline: false };
  await expect(hubModel('owner/name', 'q4', asked, job)).rejects.toThrow(CancelledError);
  expect(lock.held()).toBe(true);
  await lock.release();
  expect(readdirSync(join(cache, 'owner/name'))).toEqual([]);
});

test('of several that find a dead lock no two have it at once, and each has it in the end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'a'));
  const file = join(folder, 'a/download.lock');
  writeFileSync(file, 'dead 7');
  let inside = 0;
  const each = async (): Promise<number> => {
    const lock = await lockFolder(file, () => Promise.resolve());
    const others = inside++;
    await delay(20);
    inside--;
    await lock.release();
    return others;
  };
  expect(await Promise.all(Array.from({ length: 4 }, each))).toEqual([0, 0, 0, 0]);
  expect(readdirSync(join(folder, 'a'))).toEqual([]);
});
