import { InferenceSession, Tensor } from 'onnxruntime-node';
import { TensorProto_DataType } from 'onnx-buf';
import { copyGraph, joinGraph, keepGraph } from '../../core/onnx/graph/tensor-graphs.ts';
import type { Device } from './devices.ts';
import type { KvShape } from './kv-cache.ts';

/**
 * Whether outputs of a session can stay on the device, and be inputs of the next run. onnxruntime-node 1.30 takes every
 * other device's memory for the host's: its binding asks for, and knows, WebGPU's buffers only.
 */
export function keepsTensors(device: Device): boolean {
  return device === 'webgpu';
}

/**
 * What is done with tensors that are on a device, where they are: onnxruntime-node 1.30 can neither read one itself
 * (`getData` ends the process) nor does it free any that was not disposed of.
 */
export class DeviceTensors {
  readonly #copy: InferenceSession;
  readonly #keep: InferenceSession;
  readonly #join: InferenceSession;

  private constructor(copy: InferenceSession, keep: InferenceSession, join: InferenceSession) {
    this.#copy = copy;
    this.#keep = keep;
    this.#join = join;
  }

  /** @param type of the tensors of {@link keep} and {@link join} */
  static async open(device: Device, type: KvShape['type']): Promise<DeviceTensors> {
    const create = async (
      bytes: Uint8Array,
      preferredOutputLocation: 'cpu' | 'gpu-buffer',
    ): Promise<InferenceSession> =>
      await InferenceSession.create(bytes, {
        executionProviders: [device],
        preferredOutputLocation,
        logSeverityLevel: 3,
      });
    const elementType = type === 'float16' ? TensorProto_DataType.FLOAT16 : TensorProto_DataType.FLOAT;
    return new DeviceTensors(
      await create(copyGraph(), 'cpu'),
      await create(keepGraph(elementType), 'gpu-buffer'),
      await create(joinGraph(elementType), 'gpu-buffer'),
    );
  }

  /** An f32 tensor, brought to host memory. */
  async read(of: Tensor): Promise<Tensor> {
    return (await this.#copy.run({ of }))['copy']!;
  }

  /**
   * A new tensor of some rows of one [rows, heads, positions, size].
   * @param rows in their new order
   * @param positions of each: further ones are zero, those past it are left out
   */
  async keep(of: Tensor, rows: readonly number[], positions: number): Promise<Tensor> {
    const feeds = {
      of,
      of_pads: padsOf(of, positions),
      rows: new Tensor('int32', Int32Array.from(rows), [rows.length]),
    };
    return (await this.#keep.run(feeds))['kept']!;
  }

  /** A new tensor of the rows of `of`, then those of `block`, with as many positions as the longer of them has. */
  async join(of: Tensor, block: Tensor): Promise<Tensor> {
    const positions = Math.max(of.dims[2]!, block.dims[2]!);
    const feeds = { of, of_pads: padsOf(of, positions), block, block_pads: padsOf(block, positions) };
    return (await this.#join.run(feeds))['joined']!;
  }

  async release(): Promise<void> {
    await this.#copy.release();
    await this.#keep.release();
    await this.#join.release();
  }
}

/** Pad's widths: before each of four axes, then after each. */
function padsOf({ dims }: Tensor, positions: number): Tensor {
  return new Tensor('int64', BigInt64Array.from([0, 0, 0, 0, 0, 0, positions - dims[2]!, 0], BigInt), [8]);
}
