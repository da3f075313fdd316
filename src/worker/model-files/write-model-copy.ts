import { copyFile, link, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { HumanError } from '../../core/problem.ts';
import { withPath } from '../../workspace/files/io-error.ts';
import { makeFolder } from '../../workspace/files/make-folder.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import type { Job } from '../job.ts';
import type { ModelFolder } from './model-folder.ts';

/** Configuration, tokenizer, chat template and licences: whatever lies beside `config.json` and is text. */
const texts = /\.(json|jinja|txt|model|md)$|^LICEN[CS]E/i;

/**
 * Writes a model folder like another one, with another graph; what is stopped in the middle leaves `out` empty. Weights are
 * hard links where the file system allows it: a model is never changed in place, only replaced.
 * @param weights relative to the graph's folder
 * @returns the files, relative to `out`
 * @throws {HumanError} `out` holds something already
 */
export async function writeModelCopy(
  folder: Pick<ModelFolder, 'path' | 'graph'>,
  { graph, weights }: { graph: Uint8Array; weights: readonly string[] },
  out: string,
  job: Pick<Job, 'progress' | 'checkpoint'>,
): Promise<string[]> {
  const there = await readdir(out).catch(() => []);
  if (there.length > 0) {
    throw new HumanError({
      file: out,
      message: 'The folder for the model is not empty.',
      fix: 'Name a new folder with --out.',
    });
  }
  try {
    return await writeFiles(folder, { graph, weights }, out, job);
  } catch (error) {
    // The same command would else be refused for what it left.
    for (const name of await readdir(out).catch(() => [])) await rm(join(out, name), { recursive: true });
    throw error;
  }
}

async function writeFiles(
  folder: Pick<ModelFolder, 'path' | 'graph'>,
  { graph, weights }: { graph: Uint8Array; weights: readonly string[] },
  out: string,
  job: Pick<Job, 'progress' | 'checkpoint'>,
): Promise<string[]> {
  const inside = relative(folder.path, dirname(folder.graph));
  const besides = (await readdir(folder.path)).filter((name) => texts.test(name));
  const files = [
    ...besides.map((name) => ({ name, write: copyFile })),
    ...weights.map((location) => ({ name: join(inside, location), write: linkOrCopy })),
  ];
  for (const [done, { name, write }] of files.entries()) {
    job.progress({ phase: 'Export', done, total: files.length, unit: 'files' });
    await job.checkpoint();
    const to = join(out, name);
    await makeFolder(dirname(to));
    await write(resolve(folder.path, name), to).catch(withPath(to));
  }
  const file = relative(folder.path, folder.graph);
  await writeFileWhole(join(out, file), graph);
  return [...files.map(({ name }) => name), file];
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  // A link to a symbolic link, as the files of Hugging Face's cache are, would lead nowhere from another folder.
  await link(await realpath(from), to).catch(() => copyFile(from, to));
}
