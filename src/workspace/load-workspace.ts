import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { configFileName } from '../core/config-file-name.ts';
import { parseConfig, type Config } from '../core/config.ts';
import type { JsoncFile } from '../core/formats/jsonc-file.ts';
import { HumanError, type Problem } from '../core/problem.ts';
import { isPromptFile, parsePromptFile, type PromptFileOptions } from '../core/prompts/read/parse-prompt-file.ts';
import { matchPromptFiles } from '../core/prompts/read/prompt-file-matcher.ts';
import { contraryLabels } from '../core/prompts/split/overlap.ts';
import type { Prompt } from '../core/prompts/prompt.ts';
import { uniqueIds } from '../core/prompts/read/unique-ids.ts';
import { hasCode } from './files/io-error.ts';

/** A prompt file as it was read, for the manifest. */
export interface WorkspaceFile {
  readonly file: string;
  readonly part: 'fit' | 'evaluate';
  readonly sha256: string;
  readonly rows: number;
}

export interface Workspace {
  readonly root: string;
  readonly config: Config;
  /** Where a value stands in `alphasteer.json`, for problems with it. */
  readonly place: JsoncFile<Config>['place'];
  readonly fit: readonly Prompt[];
  readonly evaluate: readonly Prompt[];
  readonly files: readonly WorkspaceFile[];
  readonly problems: readonly Problem[];
}

/** Largest prompt file that is read whole, in bytes. */
const maxFileBytes = 512 * 1024 * 1024;

const skippedFolders = new Set(['node_modules', '.git', '.alphasteer']);

/** @throws {HumanError} no `alphasteer.json`, or errors in it (all but the first are told to `report`) */
export async function loadConfig(
  root: string,
  report: (problem: Problem) => void,
): Promise<{ config: Config; place: JsoncFile<Config>['place'] }> {
  const file = join(root, configFileName);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new HumanError({
      file,
      message: `There is no ${configFileName} in this folder.`,
      fix: 'Run in a workspace that has one, or start from the one of examples/quickstart.',
    });
  });
  const { config, place, problems } = parseConfig(text, file);
  if (config) return { config, place };
  problems.slice(1).forEach(report);
  throw new HumanError(problems[0] ?? { file, message: 'The file cannot be used.', fix: 'Mend it.' });
}

/**
 * Reads `alphasteer.json` and the prompt files it names. A bad row is among the problems and the good ones go on.
 * @param limit at most so many rows of each file of the fit, from its start
 * @throws {HumanError} no usable configuration
 */
export async function loadWorkspace(
  root: string,
  report: (problem: Problem) => void,
  limit?: number,
): Promise<Workspace> {
  const { config, place } = await loadConfig(root, report);
  const listed = await listPromptFiles(root);
  const matched = matchPromptFiles(config.prompts, listed.files, join(root, configFileName), place);
  const problems: Problem[] = [...listed.problems, ...matched.problems];
  const files: WorkspaceFile[] = [];
  const prompts: Record<'fit' | 'evaluate', Prompt[]> = { fit: [], evaluate: [] };
  for (const { file, part, options } of matched.files) {
    const parsed = await readPromptFile(root, file, options);
    // All of the evaluation is read: what stands there must not be fitted on.
    const kept = part === 'fit' ? parsed.prompts.slice(0, limit) : parsed.prompts;
    files.push({ file, part, sha256: parsed.sha256, rows: kept.length });
    // One by one: more than some 100,000 do not fit into the arguments of one call.
    for (const problem of parsed.problems) problems.push(problem);
    for (const prompt of kept) prompts[part].push(prompt);
  }
  const unique = uniqueIds([...prompts.fit, ...prompts.evaluate]);
  for (const found of [unique.problems, contraryLabels(unique.prompts)])
    for (const problem of found) problems.push(problem);
  const { length } = prompts.fit;
  return {
    root,
    config,
    place,
    fit: unique.prompts.slice(0, length),
    evaluate: unique.prompts.slice(length),
    files,
    problems,
  };
}

/** One prompt file of a workspace. */
export async function readPromptFile(
  root: string,
  file: string,
  options: PromptFileOptions,
): Promise<{ prompts: readonly Prompt[]; problems: readonly Problem[]; sha256: string }> {
  const path = resolve(root, file);
  const found = await stat(path);
  const refuse = (message: string, fix: string): Awaited<ReturnType<typeof readPromptFile>> => ({
    prompts: [],
    problems: [{ severity: 'error', file, message, fix }],
    sha256: '',
  });
  // A pipe would be waited for, by a command that then never ends.
  if (!found.isFile())
    return refuse('This is no ordinary file.', 'Put the prompts into one, or give this another name.');
  if (found.size > maxFileBytes)
    return refuse(`The file is too large (${found.size} bytes).`, 'Split it into several files.');
  const bytes = await readFile(path);
  return {
    ...parsePromptFile(file, bytes.toString('utf8'), options),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/**
 * Every prompt file below `root`, as paths with `/`, sorted. Links that lead out of the folder are not followed, and a folder
 * below it that cannot be read (`lost+found`) is told.
 */
async function listPromptFiles(root: string): Promise<{ files: string[]; problems: Problem[] }> {
  const real = await realpath(root);
  const found: string[] = [];
  const problems: Problem[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (folder === root || !hasCode(error, 'EACCES', 'EPERM')) throw error;
      problems.push({
        severity: 'warning',
        file: relative(root, folder).split(sep).join('/'),
        message: 'This folder cannot be read: prompt files in it are not found.',
        fix: 'Give yourself access to it, or move it out of the workspace.',
      });
      return [];
    });
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name)) await visit(path);
        continue;
      }
      if (!isPromptFile(entry.name)) continue;
      if (entry.isSymbolicLink() && !(await realpath(path).catch(() => '')).startsWith(real + sep)) continue;
      found.push(relative(root, path).split(sep).join('/'));
    }
  };
  await visit(root);
  return { files: found.sort(), problems };
}
