import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The bytes of a committed tiny export's graph. */
export function tinyBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(import.meta.dirname, '../../../fixtures/tiny-models', name, 'model.onnx')));
}
