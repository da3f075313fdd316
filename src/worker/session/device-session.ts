import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { DeviceTensors } from './device-tensors.ts';
import type { Session } from './session.ts';

/**
 * A session that leaves outputs on the device. A run hands over those of `stay` as they are, for its caller to dispose of,
 * brings to the host what else is wanted, and frees the rest.
 *
 * Each run asks for every output: onnxruntime-node 1.30 keeps a session's outputs bound from run to run, and with other ones
 * asked for it fails by their number or, without a word, takes one for another. What was computed anyway costs nothing there.
 */
export class DeviceSession implements Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: Session;
  readonly #stay: ReadonlySet<string>;
  readonly #tensors: Pick<DeviceTensors, 'read'>;

  /** @param session made with `preferredOutputLocation` */
  constructor(session: Session, stay: readonly string[], tensors: Pick<DeviceTensors, 'read'>) {
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
    this.#session = session;
    this.#stay = new Set(stay);
    this.#tensors = tensors;
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    wanted: readonly string[],
  ): Promise<InferenceSession.OnnxValueMapType> {
    const made = await this.#session.run(feeds, this.outputNames);
    const given: Record<string, Tensor> = {};
    const left = new Set(Object.values(made));
    try {
      for (const name of wanted) {
        const tensor = made[name]!;
        const asItIs = this.#stay.has(name) || tensor.location === 'cpu';
        given[name] = asItIs ? tensor : await this.#tensors.read(tensor);
      }
      for (const tensor of Object.values(given)) left.delete(tensor);
      return given;
    } finally {
      for (const tensor of left) tensor.dispose();
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
