import { createHash } from 'node:crypto';
import { TensorProto_DataType } from 'onnx-buf';
import type { ExternalFile } from '../../core/onnx/graph/external-data.ts';
import { readModelPorts, type ModelPorts } from '../../core/onnx/model-ports.ts';
import { mapResidualStream } from '../../core/onnx/residual/map-residual-stream.ts';
import type { ResidualStream } from '../../core/onnx/residual/residual-stream.ts';
import { HumanError } from '../../core/problem.ts';
import type { DeviceReport } from '../../rpc/worker-api.ts';
import { loadTokenizer, type ChatTokenizer } from '../model-files/chat-tokenizer.ts';
import { chooseDevice } from '../device/choose-device.ts';
import { requireDevice } from '../session/devices.ts';
import { fingerprint } from '../model-files/fingerprint.ts';
import type { Job } from '../job.ts';
import { cacheNames, type KvShape } from '../session/kv-cache.ts';
import {
  checkExternalData,
  filesStamp,
  modelFiles,
  openModelFolder,
  type ModelFolder,
} from '../model-files/model-folder.ts';
import { readGraphs } from '../model-files/model-graphs.ts';
import type { SessionModel } from '../session/model-session.ts';
import { userCache } from '../model-files/user-cache.ts';
import { placeOfWeights } from '../model-files/weights-place.ts';

/** Everything of a model that is not a session: read and checked once, shared by all jobs on it. */
export interface Model extends SessionModel {
  readonly layout: ResidualStream['layout'];
  readonly layers: number;
  readonly tokenizer: ChatTokenizer;
  /** Files of weights beside the graph. */
  readonly external: readonly ExternalFile[];
  readonly fingerprint: string;
  /** What the fingerprint is of, and their stamp when they were read. */
  readonly files: readonly string[];
  readonly stamp: string;
  readonly deviceReport: DeviceReport;
}

export interface ModelSettings {
  /** As the user named it: a folder, or a hub id. */
  readonly name: string;
  readonly path: string;
  readonly dtype: string | undefined;
  readonly device: string;
  readonly threads: number | undefined;
}

/**
 * Opens a model: folder, graph, weights' sizes, tokenizer, device. Nothing native is called before all of it is checked.
 * @throws {HumanError} whatever makes it unusable
 */
export async function openModel(
  { path, dtype, device, threads }: Omit<ModelSettings, 'name'>,
  progress?: Job['progress'],
): Promise<Model> {
  const wanted = requireDevice(device);
  const folder = await openModelFolder(path, dtype === 'auto' ? undefined : dtype);
  const { graph, steps, onnx, external } = await readGraphs(folder);
  await checkExternalData(folder.graph, external);
  const ports = readModelPorts(onnx.prompts, onnx.steps);
  const stream = mapResidualStream(onnx.prompts);
  const files = modelFiles(folder, external);
  const stamp = await filesStamp(files);
  const model = {
    folder,
    graph,
    steps,
    layout: stream.layout,
    layers: stream.layers.length,
    hiddenSize: stream.hiddenSize,
    ports,
    kv: kvShape(ports, folder),
    weights: await placeOfWeights(folder.graph, external),
    weightBytes: [graph, steps].reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0) + sizeOf(external),
    tokenizer: await loadTokenizer(folder),
    external,
    fingerprint: await fingerprint(folder, files, userCache('fingerprints')),
    files,
    stamp,
    threads,
  };
  const deviceReport = await chooseDevice(wanted, model, { again: false, ...(progress && { progress }) });
  return { ...model, device: deviceReport.device, deviceReport };
}

function sizeOf(external: readonly ExternalFile[]): number {
  return external.reduce((sum, { bytes }) => sum + bytes, 0);
}

function kvShape({ cache, appendsByRow }: ModelPorts, folder: ModelFolder): KvShape {
  const { config } = folder;
  const first = cache[0]?.key;
  if (!first) {
    throw new HumanError({
      file: folder.graph,
      message: 'The graph has no KV cache, so it cannot decode replies.',
      fix: 'Use an export with past (text-generation-with-past).',
    });
  }
  const size = (dim: number | string | undefined, otherwise: number): number =>
    typeof dim === 'number' ? dim : otherwise;
  return {
    names: cacheNames(cache),
    heads: size(first.dims[1], config.num_key_value_heads ?? config.num_attention_heads),
    size: size(first.dims[3], config.head_dim ?? config.hidden_size / config.num_attention_heads),
    type: first.elementType === TensorProto_DataType.FLOAT16 ? 'float16' : 'float32',
    appends: appendsByRow,
  };
}

/** SHA-256 of a prompt's tokens, under which its activations and label are cached. */
export function tokensHash(ids: readonly number[]): string {
  return createHash('sha256').update(Int32Array.from(ids)).digest('hex');
}
