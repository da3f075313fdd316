import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { HumanError } from '../../core/problem.ts';
import { withPath } from '../../workspace/files/io-error.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import type { Job } from '../job.ts';
import { userCache } from './user-cache.ts';
import { dtypeSuffixes, type Dtype } from './model-folder.ts';

/** Where models come from and where they are kept. */
export interface Hub {
  readonly endpoint: string;
  readonly cache: string;
  readonly token: string | undefined;
  /** Nothing may be asked of the network. */
  readonly offline: boolean;
}

/**
 * As Hugging Face's own tools are set up: HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE; models under the user's cache folder. A
 * variable that is empty, as a secret that is not set is in CI, counts as none.
 */
export function hubOfEnvironment(env: NodeJS.ProcessEnv): Hub {
  const [endpoint = '', token = ''] = ['HF_ENDPOINT', 'HF_TOKEN'].map((name) => env[name]?.trim());
  return {
    endpoint: (endpoint === '' ? 'https://huggingface.co' : endpoint).replace(/\/+$/, ''),
    cache: userCache('models', env),
    token: token === '' ? undefined : token,
    offline: /^(1|on|yes|true)$/i.test(env['HF_HUB_OFFLINE'] ?? ''),
  };
}

const fileSchema = z.object({
  rfilename: z.string(),
  size: z.number().int().nonnegative(),
  blobId: z.string().optional(),
  lfs: z.object({ sha256: z.string() }).nullish(),
});
type HubFile = z.infer<typeof fileSchema>;
const revisionSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/), siblings: z.array(fileSchema) });
const dtypes = Object.keys(dtypeSuffixes) as Dtype[];
const markerSchema = z.object({ folder: z.string().regex(/^[0-9a-f]{40}$/), dtype: z.enum(dtypes) });

const needed = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const welcome = ['generation_config.json', 'chat_template.jinja', 'special_tokens_map.json'];
/** Which weights are taken where none are asked for: small first. */
const preferred: readonly Dtype[] = ['q4', 'q4f16', 'q8', 'int8', 'uint8', 'fp16', 'bnb4', 'fp32'];

/** A model that is whole on this machine, and which of its weights were meant: a folder may come to hold others too. */
export interface LocalModel {
  readonly path: string;
  readonly dtype: Dtype;
}

/**
 * A model of the hub as a folder of this machine: what is there already, whole, is used without the network; what is not is
 * downloaded, file by file, going on where an earlier download stopped, and its checksums are compared. Of two processes that
 * want a model one downloads it, and the other waits. Only files of a known name are taken, and nothing of them is ever run.
 *
 * @param dtype undefined or `auto`: the smallest there is
 * @throws {HumanError} unknown model, no such weights, no network, a file that came out wrong
 */
export async function hubModel(id: string, dtype: string | undefined, hub: Hub, job: Job): Promise<LocalModel> {
  const home = join(hub.cache, ...id.split('/'));
  const marker = join(home, `${dtype ?? 'auto'}.json`);
  const known = await readFile(marker, 'utf8')
    .then((text) => markerSchema.parse(JSON.parse(text)))
    .catch(() => undefined);
  const stillThere = known && (await stat(join(home, known.folder)).catch(() => undefined));
  if (known && stillThere) return { path: join(home, known.folder), dtype: known.dtype };

  if (hub.offline) {
    throw new HumanError({
      message: `${id}${dtype === undefined || dtype === 'auto' ? '' : ` (${dtype})`} is not on this machine, and HF_HUB_OFFLINE forbids to download it.`,
      fix: 'Unset HF_HUB_OFFLINE for one run, or name a model folder of this machine.',
    });
  }
  const revision = await readRevision(id, hub);
  const chosen = chooseFiles(id, revision.siblings, dtype === 'auto' ? undefined : dtype);
  const { files } = chosen;
  const folder = join(home, revision.sha);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const progress = (phase: string, bytes: number): void =>
    job.progress({ phase, done: megabytes(bytes), total: megabytes(total), unit: 'MB' });
  const lock = await lockFolder(join(home, 'download.lock'), async () => {
    progress('Wait for another download of this model', await bytesHere(folder, files));
    await job.checkpoint();
  });
  try {
    let before = 0;
    for (const file of files) {
      const url = `${hub.endpoint}/${id}/resolve/${revision.sha}/${file.rfilename}`;
      await fetchFile(url, join(folder, file.rfilename), file, hub, job, (done) => {
        requireLock(lock, id);
        progress('Download', before + done);
      });
      before += file.size;
    }
    await writeFileWhole(marker, `${JSON.stringify({ folder: revision.sha, dtype: chosen.dtype })}\n`);
  } finally {
    await lock.release();
  }
  return { path: folder, dtype: chosen.dtype };
}

async function bytesHere(folder: string, files: readonly HubFile[]): Promise<number> {
  const sizeOf = async (file: string): Promise<number | undefined> => (await stat(file).catch(() => undefined))?.size;
  let bytes = 0;
  for (const { rfilename } of files) {
    const file = join(folder, rfilename);
    bytes += (await sizeOf(file)) ?? (await sizeOf(partOf(file))) ?? 0;
  }
  return bytes;
}

/** @throws {HumanError} this process stood still for so long that another one went on with the download */
function requireLock({ held }: FolderLock, id: string): void {
  if (held()) return;
  throw new HumanError({
    message: `Another process has gone on with the download of ${id}, as this one did not move.`,
    fix: 'Run the command again.',
  });
}

/** What there is of a file until it is whole. */
function partOf(file: string): string {
  return `${file}.part`;
}

async function readRevision(id: string, hub: Hub): Promise<z.infer<typeof revisionSchema>> {
  const url = `${hub.endpoint}/api/models/${id}/revision/main?blobs=true`;
  const response = await request(url, hub);
  const parsed = revisionSchema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    throw new HumanError({
      message: `${url} answered with something else than a list of files.`,
      fix: 'Check HF_ENDPOINT.',
    });
  }
  return parsed.data;
}

function chooseFiles(
  id: string,
  files: readonly HubFile[],
  dtype: string | undefined,
): { files: HubFile[]; dtype: Dtype } {
  const named = (name: string): HubFile | undefined => files.find(({ rfilename }) => rfilename === name);
  const graphs = ['model', 'decoder_model_merged'].flatMap((name) =>
    preferred.flatMap((candidate) => {
      const graph = named(`onnx/${name}${dtypeSuffixes[candidate]}.onnx`);
      return graph === undefined ? [] : [{ dtype: candidate, graph }];
    }),
  );
  const missing = needed.filter((name) => named(name) === undefined);
  if (graphs.length === 0 || missing.length > 0) {
    throw new HumanError({
      message: `${id} is no ONNX chat model in the layout of transformers.js: it has no ${missing[0] ?? 'onnx/model*.onnx'}.`,
      fix: 'Look for an ONNX export of it (onnx-community has many), or convert it.',
    });
  }
  const graph = dtype === undefined ? graphs[0] : graphs.find((candidate) => candidate.dtype === dtype);
  if (graph === undefined) {
    throw new HumanError({
      message: `${id} has no ${dtype!} weights; it has ${graphs.map((candidate) => candidate.dtype).join(', ')}.`,
      fix: 'Choose one of these with `dtype` (or --dtype).',
    });
  }
  const weights = files.filter(
    ({ rfilename }) =>
      /^_data(_\d+)?$/.test(rfilename.slice(graph.graph.rfilename.length)) &&
      rfilename.startsWith(graph.graph.rfilename),
  );
  const texts = [...needed, ...welcome].flatMap((name) => named(name) ?? []);
  return { files: [...texts, graph.graph, ...weights], dtype: graph.dtype };
}

/** Downloads into `<file>.part`, from where that ends, checks it, and gives it its name. */
async function fetchFile(
  url: string,
  file: string,
  wanted: HubFile,
  hub: Hub,
  job: Job,
  report: (bytes: number) => void,
): Promise<void> {
  if ((await stat(file).catch(() => undefined))?.size === wanted.size) return;
  await mkdir(dirname(file), { recursive: true });
  const part = partOf(file);
  const have = (await stat(part).catch(() => undefined))?.size ?? 0;
  let done = have <= wanted.size ? have : 0;
  if (done < wanted.size) {
    const response = await request(url, hub, done > 0 ? { range: `bytes=${done}-` } : {});
    // A server that knows no ranges sends the whole file.
    if (response.status !== 206) done = 0;
    const handle = await open(part, done > 0 ? 'a' : 'w');
    try {
      for await (const chunk of response.body!) {
        await handle.appendFile(chunk as Uint8Array).catch(withPath(part));
        done += (chunk as Uint8Array).length;
        report(done);
        await job.checkpoint();
        if (done > wanted.size) break;
      }
    } catch (error) {
      throw networkError(url, error);
    } finally {
      await handle.close();
    }
  }
  if (done < wanted.size) {
    throw new HumanError({
      message: `The download of ${url} ended early.`,
      fix: 'Run the command again: it goes on where it stopped.',
    });
  }
  if (done > wanted.size || !(await isWhole(part, wanted))) {
    await rm(part, { force: true });
    throw new HumanError({
      message: `What came from ${url} is not the file that the hub lists: its size or checksum differs.`,
      fix: 'Run the command again; if it happens again, something between here and the hub changes files.',
    });
  }
  await rename(part, file);
}

/** Large files have a SHA-256, small ones the id of a git blob. */
async function isWhole(file: string, { size, lfs, blobId }: HubFile): Promise<boolean> {
  const hash = createHash(lfs ? 'sha256' : 'sha1');
  if (!lfs) hash.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex') === (lfs?.sha256 ?? blobId);
}

/** Redirects are followed; to another host (the CDN that keeps large files) `fetch` sends no token along. */
async function request(url: string, { token }: Hub, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, {
    // A range is one of the file itself: compressed, servers ignore it or count in other bytes.
    headers: {
      'accept-encoding': 'identity',
      ...headers,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  }).catch((error: unknown) => {
    throw networkError(url, error);
  });
  if (response.ok) return response;
  await response.body?.cancel();
  throw refusal(url, response, token !== undefined);
}

/** The hub's refusals: https://huggingface.co/docs/hub/rate-limits, and the headers X-Error-Code and X-Error-Message. */
function refusal(url: string, { status, headers }: Response, hasToken: boolean): HumanError {
  const said = headers.get('x-error-message');
  const words = `${url} (${status}${said === null ? '' : `: ${said.slice(0, 300)}`})`;
  if (status === 429) {
    const seconds = /;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1] ?? headers.get('retry-after');
    return new HumanError({
      message: `The hub takes no more requests for now: ${words}.`,
      fix: `Run the command again in ${seconds === null ? 'five minutes' : `${seconds} s`}: it goes on where it stopped.${hasToken ? '' : ' With HF_TOKEN set, more are allowed.'}`,
    });
  }
  if (status >= 500) {
    return new HumanError({
      message: `The hub fails at ${words}.`,
      fix: 'Run the command again later: it goes on where it stopped.',
    });
  }
  if (headers.get('x-error-code') === 'GatedRepo') {
    return new HumanError({
      message: `The model is gated: ${words}.`,
      fix: `Ask for access on its page of the hub, then ${hasToken ? 'use a token of that account in HF_TOKEN' : 'set HF_TOKEN'}.`,
    });
  }
  if (status === 401 || status === 403) {
    return new HumanError({
      message: `The hub does not give ${words}.`,
      fix: hasToken
        ? 'Check the id; the token in HF_TOKEN is wrong or may not read this model.'
        : 'Check the id: without a token the hub answers so for a model that does not exist as for a private one. For a private one set HF_TOKEN.',
    });
  }
  return new HumanError({
    message: `The hub has no ${words}.`,
    fix: 'Check the id, or name a model folder of this machine.',
  });
}

/** `fetch` tells every failure of the network as a TypeError; a cancel or a full disk is none. */
function networkError(url: string, error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new HumanError({
    message: `${url} could not be read: ${cause}.`,
    fix: 'Check the network; run the command again to go on where it stopped. Offline, name a model folder of this machine.',
  });
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
