import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { placeOfWeights } from '../../../../src/worker/model-files/weights-place.ts';

/** Folders with these files, each with its own name in it or, where a target is named, a symbolic link to that. */
function files(of: Readonly<Record<string, string | undefined>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'alphasteer-weights-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, target] of Object.entries(of)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    if (target === undefined) writeFileSync(join(root, name), name);
    else symlinkSync(target, join(root, name));
  }
  return root;
}

const external = [
  { location: 'model.onnx_data', bytes: 1 },
  { location: 'model.onnx_data_1', bytes: 1 },
];

test('weights beside the graph are where they are, also in a folder that is itself a link', async () => {
  const plain = { 'm/model.onnx': undefined, 'm/model.onnx_data': undefined, 'm/model.onnx_data_1': undefined };
  const root = files({ ...plain, linked: 'm' });
  for (const folder of [join(root, 'm'), join(root, 'linked')])
    expect(await placeOfWeights(join(folder, 'model.onnx'), external)).toEqual({ folder, names: new Map() });
});

test("files that are links, as in Hugging Face's cache, are where they lead, under the names they have there", async () => {
  const root = files({
    ...{ 'blobs/aa': undefined, 'blobs/bb': undefined, 'blobs/cc': undefined },
    'snapshots/1/onnx/model.onnx': '../../../blobs/aa',
    'snapshots/1/onnx/model.onnx_data': '../../../blobs/bb',
    'snapshots/1/onnx/model.onnx_data_1': '../../../blobs/cc',
  });
  expect(await placeOfWeights(join(root, 'snapshots/1/onnx/model.onnx'), external)).toEqual({
    folder: join(root, 'blobs'),
    names: new Map([
      ['model.onnx_data', 'bb'],
      ['model.onnx_data_1', 'cc'],
    ]),
  });
});

test("links that lead to another folder than the graph's are refused", async () => {
  const root = files({
    ...{ 'm/model.onnx': undefined, 'm/model.onnx_data': undefined, secret: undefined },
    'm/model.onnx_data_1': '../secret',
  });
  await expect(placeOfWeights(join(root, 'm/model.onnx'), external)).rejects.toThrow(
    "The model's weights are links to files of another folder than its graph's. Put the files themselves beside model.onnx.",
  );
});
