import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type GraphProto, type ModelProto } from 'onnx-buf';
import { HumanError } from '../../problem.ts';

/** An ONNX model read from bytes. Weights in external files are named in it, not held. */
export interface OnnxModel {
  /** The file it came from, for messages. */
  readonly file: string;
  readonly proto: ModelProto;
  readonly graph: GraphProto;
}

/**
 * Reads the bytes of an `.onnx` file. Fields that this version of the format doesn't know are kept and written back.
 * @throws {HumanError} when the bytes are no ONNX model
 */
export function readModel(bytes: Uint8Array, file: string): OnnxModel {
  const proto = parse(bytes, file);
  const { graph } = proto;
  if (!graph || graph.node.length === 0 || graph.output.length === 0) {
    throw notAModel(file, bytes, 'it holds no graph');
  }
  return { file, proto, graph };
}

/** The bytes of an `.onnx` file; external data stays where it was. */
export function writeModel(model: OnnxModel): Uint8Array {
  return toBinary(ModelProtoSchema, model.proto);
}

function parse(bytes: Uint8Array, file: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw notAModel(file, bytes, error instanceof Error ? error.message : String(error));
  }
}

function notAModel(file: string, bytes: Uint8Array, why: string): HumanError {
  const pointer = String.fromCharCode(...bytes.subarray(0, 40)).startsWith('version https://git-lfs');
  return new HumanError({
    file,
    message: `This is not an ONNX model (${bytes.length} bytes; ${why}).`,
    fix: pointer
      ? 'It is a Git LFS pointer: run `git lfs pull` in the model folder.'
      : 'Download the model again, or export it again, and check that the file is complete.',
  });
}
