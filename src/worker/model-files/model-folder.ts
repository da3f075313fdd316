import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import type { ExternalFile } from '../../core/onnx/graph/external-data.ts';
import { HumanError } from '../../core/problem.ts';
import { readIfThere } from '../../workspace/files/read-if-there.ts';

/** Suffix of the weights' file name for each dtype, as transformers.js names them. */
export const dtypeSuffixes = {
  fp32: '',
  fp16: '_fp16',
  q4: '_q4',
  q4f16: '_q4f16',
  int8: '_int8',
  uint8: '_uint8',
  q8: '_quantized',
  bnb4: '_bnb4',
} as const;

export type Dtype = keyof typeof dtypeSuffixes;

const ids = z.union([z.number().int(), z.array(z.number().int())]);

const size = z.number().int().positive();

/** What `config.json` of GPT-2 and BLOOM calls the sizes (`attribute_map` of transformers' configurations). */
const otherNames = {
  hidden_size: 'n_embd',
  num_hidden_layers: 'n_layer',
  num_attention_heads: 'n_head',
  max_position_embeddings: 'n_positions',
} as const;

const configSchema = z.looseObject({
  model_type: z.string().default('unknown'),
  hidden_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  vocab_size: size,
  max_position_embeddings: size.nullish().transform((context) => context ?? 2048),
  eos_token_id: ids.nullish(),
});

/** The same whatever names the model's sizes go by. */
const configOfAnyName = z
  .looseObject({})
  .transform((config) => {
    const known = Object.entries(otherNames).flatMap(([name, other]) => {
      const value = config[name] ?? config[other];
      return value === undefined ? [] : [[name, value] as const];
    });
    return { ...config, ...Object.fromEntries(known) };
  })
  .pipe(configSchema);

const generationSchema = z.looseObject({ eos_token_id: ids.nullish() });

/** A chat model on disk: what `config.json` says, and which file holds the graph. Nothing in the folder is ever run as code. */
export interface ModelFolder {
  readonly path: string;
  readonly graph: string;
  /** The graph that decodes, where it is a file of its own. */
  readonly steps: string | undefined;
  readonly dtype: Dtype;
  readonly config: z.infer<typeof configSchema>;
  readonly endTokens: readonly number[];
}

/**
 * Finds the graph of a model folder in the transformers.js layout (`onnx/model_q4.onnx`, or beside `config.json`).
 * @throws {HumanError} no folder, no or a bad `config.json`, a bad `generation_config.json`, no weights, or none of the dtype asked for
 */
export async function openModelFolder(path: string, dtype?: string): Promise<ModelFolder> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) {
    throw new HumanError({
      file: path,
      message: 'There is no model folder here.',
      fix: 'Set `model` in alphasteer.json (or --model) to a folder that holds config.json, tokenizer.json and onnx/, or to the id of a model on the hub, owner/name.',
    });
  }
  const config = await readJson(join(path, 'config.json'), configOfAnyName, 'A model folder needs its config.json.');
  if (dtype !== undefined && !(dtype in dtypeSuffixes)) {
    throw new HumanError({
      message: `Unknown dtype "${dtype}".`,
      fix: `Use one of: ${Object.keys(dtypeSuffixes).join(', ')}.`,
    });
  }
  const found = await findGraphs(path);
  if (found.length === 0) {
    throw new HumanError({
      file: path,
      message:
        'The model folder holds no ONNX weights (no model*.onnx, decoder_model_merged*.onnx, or decoder_model*.onnx with its decoder_with_past_model*.onnx, in it or in onnx/).',
      fix: 'Download the ONNX export of the model, or convert it, and put it under onnx/.',
    });
  }
  const graph = dtype === undefined ? found[0] : found.find((candidate) => candidate.dtype === dtype);
  if (!graph) {
    throw new HumanError({
      file: path,
      message: `The model folder has no ${dtype} weights; it has ${found.map((candidate) => candidate.dtype).join(', ')}.`,
      fix: 'Choose one of these with `dtype` (or --dtype).',
    });
  }
  const generationFile = join(path, 'generation_config.json');
  // Without it config.json says what ends a reply; a damaged one may have said otherwise.
  const text = await readIfThere(generationFile);
  const generation = text && parseJson(generationFile, text.toString(), generationSchema, 'Restore the file.');
  const endTokens = [generation?.eos_token_id ?? config.eos_token_id ?? []].flat();
  return { path, graph: graph.file, steps: graph.steps, dtype: graph.dtype, config, endTokens };
}

/** File names of graphs without their dtype: of current exports, and of optimum 1.x, which may have the graph for steps apart. */
const graphNames = [
  { name: 'model', steps: undefined },
  { name: 'decoder_model_merged', steps: undefined },
  { name: 'decoder_model', steps: 'decoder_with_past_model' },
] as const;

async function findGraphs(path: string): Promise<{ dtype: Dtype; file: string; steps: string | undefined }[]> {
  const found: { dtype: Dtype; file: string; steps: string | undefined }[] = [];
  for (const folder of [join(path, 'onnx'), path]) {
    const files = new Set(await readdir(folder).catch(() => []));
    for (const { name, steps } of graphNames) {
      for (const [dtype, suffix] of Object.entries(dtypeSuffixes) as [Dtype, string][]) {
        const [graph, other] = [name, steps].map((base) => base && `${base}${suffix}.onnx`);
        if (files.has(graph!) && (other === undefined || files.has(other)))
          found.push({ dtype, file: join(folder, graph!), steps: other && join(folder, other) });
      }
    }
  }
  return found;
}

async function readJson<T>(file: string, schema: z.ZodType<T>, fix: string): Promise<T> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new HumanError({ file, message: 'The file is missing or cannot be read.', fix });
  });
  return parseJson(file, text, schema, fix);
}

function parseJson<T>(file: string, text: string, schema: z.ZodType<T>, fix: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HumanError({ file, message: 'The file is not valid JSON.', fix });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new HumanError({
    file,
    message: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}.`,
    fix,
  });
}

/**
 * Checks, before any native call, that each external data file is there, inside the model's folder and long enough:
 * onnxruntime maps them, and a short file is a crash later on.
 * @throws {HumanError}
 */
export async function checkExternalData(graph: string, needed: readonly ExternalFile[]): Promise<void> {
  const folder = resolve(graph, '..');
  for (const { location, bytes } of needed) {
    const file = resolve(folder, location);
    if (relative(folder, file).startsWith('..') || !file.startsWith(folder + sep)) {
      throw new HumanError({
        file: graph,
        message: `The graph wants data from outside the model's folder: ${location}.`,
        fix: 'Do not use this model: get it again from a source you trust.',
      });
    }
    const size = (await stat(file).catch(() => undefined))?.size;
    if (size === undefined) {
      throw new HumanError({
        file,
        message: "The model's weights are missing.",
        fix: `Put ${location} beside ${relative(folder, graph)}; it was part of the same download.`,
      });
    }
    if (size < bytes) {
      throw new HumanError({
        file,
        message: `The model's weights are cut off: ${size} of ${bytes} bytes are here.`,
        fix: 'Download this file again.',
      });
    }
  }
}

/** What decides a model's numbers: graph, weights, tokenizer, configuration. Some of these files may not be there. */
export function modelFiles(folder: ModelFolder, external: readonly ExternalFile[]): string[] {
  const weights = external.map(({ location }) => resolve(folder.graph, '..', location)).sort();
  const names = [
    'config.json',
    'generation_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'chat_template.jinja',
  ];
  const graphs = folder.steps === undefined ? [folder.graph] : [folder.graph, folder.steps];
  return [...graphs, ...weights, ...names.map((name) => join(folder.path, name))];
}

/** Sizes and times of files: when it is another one, their contents may be. Far cheaper than the fingerprint. */
export async function filesStamp(files: readonly string[]): Promise<string> {
  const stats = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return JSON.stringify(stats.map((file) => file && [file.size, file.mtimeMs]));
}
