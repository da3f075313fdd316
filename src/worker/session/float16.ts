/**
 * Makes onnxruntime hand out f16 numbers as their bits, in a Uint16Array, as it does where JavaScript has no Float16Array. With
 * one (Node 24, VS Code since its Electron 37), onnxruntime-node 1.30 takes an f16 input for an empty one, "not enough space:
 * expected 1344, got 0", so that no f16 model gets past its first token. onnxruntime looks for it when the first tensor is
 * made: this has to come before.
 */
export function keepHalvesAsBits(): void {
  Reflect.deleteProperty(globalThis, 'Float16Array');
}
