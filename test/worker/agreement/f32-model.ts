import { closeSync, cpSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expandWeights } from './expand-weights.ts';
import { readModel, writeModel } from '../../../src/core/onnx/graph/onnx-model.ts';
import { openModelFolder } from '../../../src/worker/model-files/model-folder.ts';

/** Writes the f32 form of an int4 model folder to a new one. */
export async function writeF32Model(from: string, to: string): Promise<void> {
  const { graph } = await openModelFolder(from, 'q4');
  mkdirSync(join(to, 'onnx'), { recursive: true });
  for (const name of ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'])
    cpSync(join(from, name), join(to, name));

  const model = readModel(new Uint8Array(readFileSync(graph)), graph);
  const data = openSync(join(to, 'onnx', 'model.onnx_data'), 'w');
  const pieces = expandWeights(model, 'model.onnx_data', ({ location, offset, length }) => {
    const bytes = new Uint8Array(length);
    const source = openSync(join(dirname(graph), location), 'r');
    const read = readSync(source, bytes, 0, length, offset);
    closeSync(source);
    return bytes.subarray(0, read);
  });
  for (const piece of pieces) writeSync(data, piece);
  closeSync(data);
  writeFileSync(join(to, 'onnx', 'model.onnx'), writeModel(model));
}
