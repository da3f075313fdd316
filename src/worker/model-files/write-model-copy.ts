import { constants, copyFile, readdir, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { HumanError } from '../../core/problem.ts';
import { hasCode } from '../../workspace/files/io-error.ts';
import { makeFolder } from '../../workspace/files/make-folder.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import type { Job } from '../job.ts';
import type { ModelFolder } from './model-folder.ts';

/** Configuration, tokenizer, chat template and licences: whatever lies beside `config.json` and is text. */
const texts = /\.(json|jinja|txt|model|md)$|^LICEN[CS]E/i;

/** What tells people about the copy; a file of this name in the copied folder goes on under the other one. */
const readme = 'README.md';
const readmeOfBase = 'README.base-model.md';

export interface EditedModel {
  /** The bytes of the other graph. */
  readonly graph: Uint8Array;
  /** Files of weights, relative to the graph's folder. */
  readonly weights: readonly string[];
  /** The text of the copy's README.md. */
  readonly readme: string;
}

/**
 * Writes a model folder like another one, with another graph and a README of its own; what fails or is stopped in the middle
 * leaves `out` empty. Every file is a copy, which shares its blocks where the file system can do that; no file is a hard link:
 * onnx 1.23 refuses weights that have several links, under whichever of their names, and so the copied model too.
 * @returns the files, relative to `out`
 * @throws {HumanError} `out` holds something already, or the disk is full
 */
export async function writeModelCopy(
  folder: Pick<ModelFolder, 'path' | 'graph'>,
  edited: EditedModel,
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
    return await writeFiles(folder, edited, out, job);
  } catch (error) {
    // The same command would else be refused for what it left.
    for (const name of await readdir(out).catch(() => [])) await rm(join(out, name), { recursive: true });
    if (!hasCode(error, 'ENOSPC', 'EDQUOT')) throw error;
    throw new HumanError({
      file: out,
      message: 'The disk is full: the steered model does not fit on it. Nothing was left of it.',
      fix: 'Free as much space as the weights of the model take, or name a folder on another disk with --out.',
    });
  }
}

async function writeFiles(
  folder: Pick<ModelFolder, 'path' | 'graph'>,
  edited: EditedModel,
  out: string,
  job: Pick<Job, 'progress' | 'checkpoint'>,
): Promise<string[]> {
  const inside = relative(folder.path, dirname(folder.graph));
  const besides = (await readdir(folder.path)).filter((name) => texts.test(name));
  const files = [
    ...besides.map((name) => ({ name, to: name.toLowerCase() === readme.toLowerCase() ? readmeOfBase : name })),
    ...edited.weights.map((location) => join(inside, location)).map((name) => ({ name, to: name })),
  ];
  for (const [done, { name, to }] of files.entries()) {
    job.progress({ phase: 'Export', done, total: files.length, unit: 'files' });
    await job.checkpoint();
    await makeFolder(dirname(join(out, to)));
    // What a symbolic link leads to is copied, as the files of Hugging Face's cache are links.
    await copyFile(resolve(folder.path, name), join(out, to), constants.COPYFILE_FICLONE);
  }
  const file = relative(folder.path, folder.graph);
  await writeFileWhole(join(out, file), edited.graph);
  await writeFileWhole(join(out, readme), edited.readme);
  return [...files.map(({ to }) => to), file, readme];
}
