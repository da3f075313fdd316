import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { listExternalFiles } from '../core/onnx/external-data.ts';
import { instrument, type InstrumentOptions } from '../core/onnx/instrument.ts';
import { readModelPorts, type ModelPorts } from '../core/onnx/model-ports.ts';
import { readModel } from '../core/onnx/onnx-model.ts';
import { packPrompts } from '../core/onnx/pack-prompts.ts';
import { TensorProto_DataType } from '../core/onnx/onnx_pb.ts';
import { mapResidualStream } from '../core/onnx/map-residual-stream.ts';
import type { ResidualStream } from '../core/onnx/residual-stream.ts';
import { HumanError } from '../core/problem.ts';
import type { DeviceReport } from '../rpc/worker-api.ts';
import { ChatSession } from './chat-session.ts';
import { loadTokenizer, type ChatTokenizer } from './chat-tokenizer.ts';
import { chooseDevice, type Device } from './devices.ts';
import { ExtractionSession } from './extraction-session.ts';
import type { KvShape } from './kv-cache.ts';
import {
  checkExternalData,
  filesStamp,
  fingerprint,
  modelFiles,
  openModelFolder,
  type ModelFolder,
} from './model-folder.ts';

/** Everything of a model that is not a session: read and checked once, shared by all jobs on it. */
export interface Model {
  readonly folder: ModelFolder;
  readonly graph: Uint8Array;
  readonly layout: ResidualStream['layout'];
  readonly layers: number;
  readonly hiddenSize: number;
  readonly ports: ModelPorts;
  readonly kv: KvShape;
  readonly tokenizer: ChatTokenizer;
  readonly fingerprint: string;
  /** What the fingerprint is of, and their stamp when they were read. */
  readonly files: readonly string[];
  readonly stamp: string;
  readonly device: Device;
  readonly deviceReport: DeviceReport;
  readonly threads: number | undefined;
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
export async function openModel({ path, dtype, device, threads }: Omit<ModelSettings, 'name'>): Promise<Model> {
  const folder = await openModelFolder(path, dtype === 'auto' ? undefined : dtype);
  if ((await stat(folder.graph)).size > 2 ** 31) {
    throw new HumanError({
      file: folder.graph,
      message: 'The graph file is over 2 GiB.',
      fix: 'Export the model with external data (weights in a file of their own).',
    });
  }
  const graph = new Uint8Array(await readFile(folder.graph));
  const onnx = readModel(graph, folder.graph);
  const needed = listExternalFiles(onnx);
  await checkExternalData(folder.graph, needed);
  const ports = readModelPorts(onnx);
  const stream = mapResidualStream(onnx);
  const tokenizer = await loadTokenizer(folder);
  const deviceReport = chooseDevice(device);
  const files = modelFiles(folder, needed);
  const stamp = await filesStamp(files);
  return {
    folder,
    graph,
    layout: stream.layout,
    layers: stream.layers.length,
    hiddenSize: stream.hiddenSize,
    ports,
    kv: kvShape(ports, folder),
    tokenizer,
    fingerprint: await fingerprint(folder, files),
    files,
    stamp,
    device: deviceReport.device,
    deviceReport,
    threads,
  };
}

/** A session for replies: every layer of `steered` can be steered, every one of `taps` is read. */
export async function openChatSession(
  model: Model,
  steered: readonly number[],
  taps: readonly number[],
): Promise<ChatSession> {
  const session = await createSession(model, { steered, taps, logits: 'last', cache: true });
  return new ChatSession(session, shapeOf(model, steered.length, taps.length));
}

/** A session for activations only, cut off above the last tap. */
export async function openExtractionSession(model: Model, taps: readonly number[]): Promise<ExtractionSession> {
  const { bytes } = instrument(model.graph, model.folder.graph, { steered: [], taps, logits: 'none', cache: false });
  const packed = model.ports.scalesOverBatch ? undefined : packPrompts(bytes, model.folder.graph);
  const session = await createSessionFromBytes(model, packed ?? bytes);
  return new ExtractionSession(session, shapeOf(model, 0, taps.length), packed !== undefined);
}

async function createSession(model: Model, options: InstrumentOptions): Promise<InferenceSession> {
  return createSessionFromBytes(model, instrument(model.graph, model.folder.graph, options).bytes);
}

/** @throws {HumanError} when onnxruntime refuses the graph */
export async function createSessionFromBytes(
  model: Pick<Model, 'folder' | 'device' | 'threads'>,
  bytes: Uint8Array,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      executionProviders: [model.device],
      ...(model.threads !== undefined && { intraOpNumThreads: model.threads }),
      logSeverityLevel: 3,
      extra: { session: { model_external_initializers_file_folder_path: dirname(model.folder.graph) } },
    });
  } catch (error) {
    throw new HumanError({
      file: model.folder.graph,
      message: `onnxruntime cannot load the model on ${model.device}: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Try another dtype or --device cpu; `alphasteer doctor` says what works here.',
    });
  }
}

function shapeOf(
  model: Model,
  steeredLayers: number,
  tappedLayers: number,
): ConstructorParameters<typeof ChatSession>[1] {
  return {
    kv: model.kv,
    hiddenSize: model.hiddenSize,
    steeredLayers,
    tappedLayers,
    vocabulary: model.folder.config.vocab_size,
    positionIds: model.ports.positionIds !== undefined,
    rowsTouch: model.ports.scalesOverBatch,
  };
}

function kvShape({ cache, appendsInPlace }: ModelPorts, folder: ModelFolder): KvShape {
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
    names: cache.flatMap(({ key, value, presentKey, presentValue }) => [
      { past: key.name, present: presentKey.name },
      { past: value.name, present: presentValue.name },
    ]),
    heads: size(first.dims[1], config.num_key_value_heads ?? config.num_attention_heads),
    size: size(first.dims[3], config.head_dim ?? config.hidden_size / config.num_attention_heads),
    type: first.elementType === TensorProto_DataType.FLOAT16 ? 'float16' : 'float32',
    inPlace: appendsInPlace,
  };
}

/** SHA-256 of a prompt's tokens, under which its activations and label are cached. */
export function tokensHash(ids: readonly number[]): string {
  return createHash('sha256').update(Int32Array.from(ids)).digest('hex');
}
