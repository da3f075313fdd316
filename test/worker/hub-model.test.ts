import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HumanError } from '../../src/core/problem.ts';
import { hubModel, hubOfEnvironment, type Hub } from '../../src/worker/model-files/hub-model.ts';
import type { Job } from '../../src/worker/job.ts';
import { revision, startHubServer, type HubServer, type Refusal } from './hub-server.ts';

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
let token: string | undefined;
let refuse: (path: string) => Refusal | undefined;
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
  token = undefined;
  refuse = () => undefined;
  server = await startHubServer({
    files: served,
    tamper: (name, bytes) => tamper(name, bytes),
    cutAfter: () => cutAfter,
    token: () => token,
    refuse: (path) => refuse(path),
  });
  const cache = mkdtempSync(join(tmpdir(), 'alphasteer-hub-'));
  hub = { endpoint: server.endpoint, cache, token: undefined, offline: false };
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
  await expect(hubModel('owner/other', undefined, hub, job)).rejects.toThrow(
    '(401: RepoNotFound). Check the id: without a token the hub answers so for a model that does not exist',
  );
  await expect(hubModel('owner/other', undefined, { ...hub, token: 'mine' }, job)).rejects.toThrow(
    '(404: RepoNotFound). Check the id',
  );
  await expect(hubModel('owner/name', 'int8', hub, job)).rejects.toThrow('has no int8 weights; it has q4, q4f16, fp32');
  server.close();
  await expect(hubModel('owner/name', 'q4', hub, job)).rejects.toThrow('could not be read');
});

test('a private model comes with the token, which goes to the hub and to no other host', async () => {
  token = 'mine';
  await expect(hubModel('owner/name', 'q4', hub, job)).rejects.toThrow('For a private one set HF_TOKEN');
  await expect(hubModel('owner/name', 'q4', { ...hub, token: 'other' }, job)).rejects.toThrow('(404: RepoNotFound)');
  const { path } = await hubModel('owner/name', 'q4', { ...hub, token: 'mine' }, job);
  expect(existsSync(join(path, 'onnx/model_q4.onnx_data'))).toBe(true);
});

test('a model that was renamed is found under its old name', async () => {
  const { path } = await hubModel('owner/old', 'q4', hub, job);
  expect(path.endsWith(join('owner/old', revision))).toBe(true);
  expect(existsSync(join(path, 'onnx/model_q4.onnx'))).toBe(true);
});

test.each<[string, Refusal, string]>([
  [
    'gated',
    { status: 403, headers: { 'x-error-code': 'GatedRepo', 'x-error-message': 'Access is restricted.' } },
    '403: Access is restricted.). Ask for access on its page of the hub, then set HF_TOKEN.',
  ],
  [
    'too many requests, and how long to wait',
    { status: 429, headers: { ratelimit: '"resolvers";r=0;t=55' } },
    'Run the command again in 55 s: it goes on where it stopped. With HF_TOKEN set, more are allowed.',
  ],
  [
    'too many requests, as other servers say it',
    { status: 429, headers: { 'retry-after': '7' } },
    'Run the command again in 7 s',
  ],
  ['out of order', { status: 503 }, '(503). Run the command again later'],
])('the hub refuses a file: %s', async (_, refusal, words) => {
  refuse = (path) => (path.endsWith('.onnx_data') ? refusal : undefined);
  await expect(hubModel('owner/name', 'q4', hub, job)).rejects.toThrow(words);
  refuse = () => undefined;
  const before = server.asked.length;
  await hubModel('owner/name', 'q4', hub, job);
  expect(server.asked.slice(before).filter((path) => path.endsWith('config.json'))).toEqual([]);
});

test('offline nothing is asked: what is here is used, what is not is an error', async () => {
  const here = await hubModel('owner/name', 'q4', hub, job);
  const before = server.asked.length;
  const offline = { ...hub, offline: true };
  expect(await hubModel('owner/name', 'q4', offline, job)).toEqual(here);
  await expect(hubModel('owner/name', 'fp32', offline, job)).rejects.toThrow(
    'owner/name (fp32) is not on this machine, and HF_HUB_OFFLINE forbids to download it.',
  );
  expect(server.asked).toHaveLength(before);
});

test("a merged decoder of an older export is taken, and files whose names lead out of the model's folder are not", async () => {
  for (const name of ['onnx/model_q4.onnx', 'onnx/model_q4f16.onnx', 'onnx/model.onnx']) served.delete(name);
  served.set('onnx/decoder_model_merged_quantized.onnx', Buffer.alloc(2000, 6));
  served.set('onnx/decoder_model_merged_quantized.onnx_data/../../../evil', small('x'));
  served.set('../evil', small('x'));
  const { path, dtype } = await hubModel('owner/name', undefined, hub, job);
  expect(dtype).toBe('q8');
  expect(readdirSync(join(path, 'onnx'))).toEqual(['decoder_model_merged_quantized.onnx']);
  expect(server.asked.filter((asked) => asked.includes('evil'))).toEqual([]);
});

test("the environment sets the hub up as it does Hugging Face's own tools", () => {
  const of = (env: NodeJS.ProcessEnv): Hub => hubOfEnvironment({ XDG_CACHE_HOME: '/c', ...env });
  expect(of({ HF_ENDPOINT: 'https://mirror.test/' })).toMatchObject({
    endpoint: 'https://mirror.test',
    offline: false,
  });
  expect(of({ HF_HUB_OFFLINE: '1', HF_TOKEN: 't' })).toMatchObject({ offline: true, token: 't' });
  expect(of({ HF_HUB_OFFLINE: '0' }).offline).toBe(false);
  expect(of({ HF_ENDPOINT: '', HF_TOKEN: '' })).toEqual(of({}));
  expect(of({ HF_TOKEN: 't\n' }).token).toBe('t');
});
