import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CancelledError } from '../../../../src/core/cancelled.ts';
import { writeModelCopy } from '../../../../src/worker/model-files/write-model-copy.ts';

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
  const edited = { graph: Buffer.from('steered'), weights: ['model.onnx_data'] };
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
  expect(await write()).toEqual(files);
  expect(readFileSync(join(out, 'onnx/model.onnx'), 'utf8')).toBe('steered');
  await expect(write()).rejects.toThrow('The folder for the model is not empty.');
});

test("weights that are a symbolic link, as in Hugging Face's cache, are there in the copy", async () => {
  const { path, out, write } = model(['config.json', 'onnx/model.onnx', 'blobs/1234']);
  symlinkSync('../blobs/1234', join(path, 'onnx/model.onnx_data'));
  await write();
  expect(readFileSync(join(out, 'onnx/model.onnx_data'), 'utf8')).toBe('blobs/1234');
});
