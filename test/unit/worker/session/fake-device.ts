import { Tensor } from 'onnxruntime-node';
import type { DeviceTensors } from '../../../../src/worker/session/device-tensors.ts';

/** A device in host memory: f32 tensors that nobody else can read, of which it knows which were not disposed of. */
export class FakeDevice implements Pick<DeviceTensors, 'read' | 'keep' | 'join'> {
  readonly live = new Set<Tensor>();
  readonly #values = new Map<Tensor, Float32Array>();

  tensor(values: Float32Array, dims: readonly number[]): Tensor {
    const tensor: Tensor = Tensor.fromGpuBuffer({} as never, {
      dims,
      dispose: () => this.live.delete(tensor),
    });
    this.live.add(tensor);
    this.#values.set(tensor, values);
    return tensor;
  }

  /** @throws {Error} a tensor that was disposed of */
  values(tensor: Tensor): Float32Array {
    if (!this.live.has(tensor)) throw new Error('The tensor was disposed of.');
    return this.#values.get(tensor)!;
  }

  read(of: Tensor): Promise<Tensor> {
    return Promise.resolve(new Tensor('float32', this.values(of).slice(), of.dims));
  }

  keep(of: Tensor, rows: readonly number[], positions: number): Promise<Tensor> {
    const [, heads, old, size] = of.dims as [number, number, number, number];
    const values = this.values(of);
    const kept = new Float32Array(rows.length * heads * positions * size);
    for (const [to, row] of rows.entries())
      for (let head = 0; head < heads; head++) {
        const from = (row * heads + head) * old * size;
        const entries = values.subarray(from, from + Math.min(old, positions) * size);
        kept.set(entries, (to * heads + head) * positions * size);
      }
    return Promise.resolve(this.tensor(kept, [rows.length, heads, positions, size]));
  }

  async join(of: Tensor, block: Tensor): Promise<Tensor> {
    const positions = Math.max(of.dims[2]!, block.dims[2]!);
    const parts: Tensor[] = [];
    for (const part of [of, block]) parts.push(await this.keep(part, [...Array(part.dims[0]).keys()], positions));
    const values = parts.flatMap((part) => [...this.values(part)]);
    for (const part of parts) part.dispose();
    return this.tensor(Float32Array.from(values), [
      of.dims[0]! + block.dims[0]!,
      ...of.dims.slice(1, 2),
      positions,
      of.dims[3]!,
    ]);
  }
}
