import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HumanError } from '../../src/core/problem.ts';
import { hubModel, type Hub } from '../../src/worker/hub-model.ts';
import type { Job } from '../../src/worker/job.ts';
import { revision, startHubServer, type HubServer } from './hub-server.ts';

const nothing = (): void => undefined;
const job: Job = {
  progress: nothing,
  problem: nothing,
  text: nothing,
  log: nothing,
  checkpoint: () => Promise.resolve(),
};
const small = (text: string): Buffer => Buffer.from(text);

let served: Map<string, Buffer>;
let tamper: (name: string, bytes: Buffer) => Buffer;
let cutAfter: number | undefined;
let server: HubServer;
let hub: Hub;

beforeEach(async () => {
  served = new Map([
    ['config.json', small('{}')],
    ['tokenizer.json', small('{"a":1}')],
    ['tokenizer_config.json', small('{}')],
    ['modeling.py', small('import os')],
    ['onnx/model_q4.onnx', Buffer.alloc(5000, 1)],
    ['onnx/model_q4.onnx_data', Buffer.alloc(300_000, 2)],
    ['onnx/model_q4.onnx_data_1', Buffer.alloc(70_000, 3)],
    ['onnx/model_q4f16.onnx', Buffer.alloc(10, 4)],
    ['onnx/model.onnx', Buffer.alloc(9, 5)],
  ]);
  tamper = (_name, bytes) => bytes;
  cutAfter = undefined;
  server = await startHubServer({
    files: served,
    tamper: (name, bytes) => tamper(name, bytes),
    cutAfter: () => cutAfter,
  });
  hub = { endpoint: server.endpoint, cache: mkdtempSync(join(tmpdir(), 'alphasteer-hub-')), token: undefined };
});
afterEach(() => {
  server.close();
  rmSync(hub.cache, { recursive: true });
});

test('the smallest weights come with their data and the tokenizer, and no code; the second time nothing is asked', async () => {
  const { path: folder, dtype } = await hubModel('owner/name', undefined, hub, job);
  expect(dtype).toBe('q4');
  expect(readdirSync(folder).sort()).toEqual(['config.json', 'onnx', 'tokenizer.json', 'tokenizer_config.json']);
  expect(readdirSync(join(folder, 'onnx')).sort()).toEqual([
    'model_q4.onnx',
    'model_q4.onnx_data',
    'model_q4.onnx_data_1',
  ]);
  expect(readFileSync(join(folder, 'onnx/model_q4.onnx_data')).equals(served.get('onnx/model_q4.onnx_data')!)).toBe(
    true,
  );
  const before = server.asked.length;
  server.close();
  expect(await hubModel('owner/name', undefined, hub, job)).toEqual({ path: folder, dtype });
  expect(server.asked).toHaveLength(before);
});

test('a download that was cut off goes on where it stopped', async () => {
  cutAfter = 200_000;
  await expect(hubModel('owner/name', 'q4', hub, job)).rejects.toThrow(HumanError);
  cutAfter = undefined;
  const sent: number[] = [];
  await hubModel('owner/name', 'q4', hub, { ...job, progress: ({ done }) => sent.push(done) });
  expect(Math.min(...sent)).toBeGreaterThan(0.15);
  expect(server.asked.filter((path) => path.endsWith('model_q4.onnx'))).toHaveLength(1);
});

test('weights downloaded later do not change which ones were meant before', async () => {
  const first = await hubModel('owner/name', 'auto', hub, job);
  const later = await hubModel('owner/name', 'fp32', hub, job);
  expect(later).toEqual({ path: first.path, dtype: 'fp32' });
  expect(await hubModel('owner/name', 'auto', hub, job)).toEqual(first);
});

test('a model whose folder was deleted is downloaded again, and an error of the disk is not called one of the network', async () => {
  const { path } = await hubModel('owner/name', 'q4', hub, job);
  rmSync(path, { recursive: true });
  expect((await hubModel('owner/name', 'q4', hub, job)).path).toBe(path);
  expect(existsSync(join(path, 'config.json'))).toBe(true);
  rmSync(path, { recursive: true });
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  const failing = { ...job, checkpoint: () => Promise.reject(full) };
  await expect(hubModel('owner/name', 'q4', hub, failing)).rejects.toBe(full);
});

test('a file that is not what the hub lists is refused and not kept', async () => {
  tamper = (name, bytes) => (name === 'onnx/model_q4.onnx_data' ? Buffer.alloc(bytes.length, 9) : bytes);
  await expect(hubModel('owner/name', 'q4', hub, job)).rejects.toThrow('size or checksum differs');
  const onnx = join(hub.cache, 'owner/name', revision, 'onnx');
  expect(existsSync(join(onnx, 'model_q4.onnx_data'))).toBe(false);
  expect(existsSync(join(onnx, 'model_q4.onnx_data.part'))).toBe(false);
});

test('an unknown model, weights that it has not, and no network are told in words', async () => {
  await expect(hubModel('owner/other', undefined, hub, job)).rejects.toThrow('(404)');
  await expect(hubModel('owner/name', 'int8', hub, job)).rejects.toThrow('has no int8 weights; it has q4, q4f16, fp32');
  server.close();
  await expect(hubModel('owner/name', 'q4', hub, job)).rejects.toThrow('could not be read');
});
