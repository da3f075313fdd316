import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CancelledError } from '../../../../src/core/cancelled.ts';
import { writeModelCopy } from '../../../../src/worker/model-files/write-model-copy.ts';

vi.mock('node:fs/promises', { spy: true });

interface Copy {
  readonly path: string;
  readonly out: string;
  readonly write: (checkpoint?: () => Promise<void>) => Promise<string[]>;
}

/** A model in a folder of its own, and the way to a copy of it. */
function model(files: readonly string[]): Copy {
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-copy-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [path, out] = [join(root, 'model'), join(root, 'out/steered')];
  for (const name of files) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), name);
  }
  const graph = join(path, 'onnx/model.onnx');
  const edited = { graph: Buffer.from('steered'), weights: ['model.onnx_data'], readme: 'what it is' };
  const quiet = { progress: () => undefined };
  return {
    path,
    out,
    write: (checkpoint = () => Promise.resolve()) =>
      writeModelCopy({ path, graph }, edited, out, { ...quiet, checkpoint }),
  };
}

test('a copy of a model that is stopped in the middle leaves its folder empty, so that the same command writes it', async () => {
  const files = ['config.json', 'tokenizer.json', 'onnx/model.onnx_data', 'onnx/model.onnx'];
  const { out, write } = model(files);
  let left = files.length - 2;
  const stop = (): Promise<void> => (left-- === 0 ? Promise.reject(new CancelledError()) : Promise.resolve());
  await expect(write(stop)).rejects.toThrow(CancelledError);
  expect(readdirSync(out)).toEqual([]);
  expect(await write()).toEqual([...files, 'README.md']);
  expect(readFileSync(join(out, 'onnx/model.onnx'), 'utf8')).toBe('steered');
  await expect(write()).rejects.toThrow('The folder for the model is not empty.');
});

test("weights that are a symbolic link, as in Hugging Face's cache, are there in the copy", async () => {
  const { path, out, write } = model(['config.json', 'onnx/model.onnx', 'blobs/1234']);
  symlinkSync('../blobs/1234', join(path, 'onnx/model.onnx_data'));
  await write();
  expect(readFileSync(join(out, 'onnx/model.onnx_data'), 'utf8')).toBe('blobs/1234');
});

test('no file of the copy or of the model has several links, whatever the model is made of', async () => {
  const { path, out, write } = model(['config.json', 'onnx/model.onnx', 'blobs/1234']);
  linkSync(join(path, 'blobs/1234'), join(path, 'onnx/model.onnx_data'));
  await write();
  expect(statSync(join(out, 'onnx/model.onnx_data'))).toMatchObject({ nlink: 1, size: 'blobs/1234'.length });
  // Its own two names and no third one.
  expect(statSync(join(path, 'onnx/model.onnx_data')).nlink).toBe(2);
});

test('the README is of the copy; that of the model goes on under another name', async () => {
  const { out, write } = model(['config.json', 'LICENSE', 'README.md', 'onnx/model.onnx_data', 'onnx/model.onnx']);
  expect(await write()).toEqual(expect.arrayContaining(['README.md', 'README.base-model.md', 'LICENSE']));
  const texts = ['README.md', 'README.base-model.md'].map((name) => readFileSync(join(out, name), 'utf8'));
  expect(texts).toEqual(['what it is', 'README.md']);
});

test('a full disk is told in words, and leaves nothing half written', async () => {
  const { out, write } = model(['config.json', 'tokenizer.json', 'onnx/model.onnx_data', 'onnx/model.onnx']);
  const copy = vi.mocked(copyFile);
  const { copyFile: really } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
  onTestFinished(() => void copy.mockReset());
  copy.mockImplementation(async (from, to, mode) => {
    if (!String(from).endsWith('_data')) return really(from, to, mode);
    writeFileSync(String(to), 'a part');
    throw Object.assign(new Error('ENOSPC: no space left on device, copyfile'), { code: 'ENOSPC', path: String(from) });
  });
  await expect(write()).rejects.toMatchObject({
    problem: { file: out, message: expect.stringMatching(/disk is full/) as string },
  });
  expect(readdirSync(out)).toEqual([]);
});
