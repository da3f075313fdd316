import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { configFileName, parseConfig, type Config, type ParsedConfig, type PromptFilesEntry } from '../core/config.ts';
import { HumanError, type Problem } from '../core/problem.ts';
import { isPromptFile, parsePromptFile } from '../core/prompts/parse-prompt-file.ts';
import type { Prompt } from '../core/prompts/prompt.ts';
import { uniqueIds } from '../core/prompts/unique-ids.ts';

/** A prompt file as it was read, for the manifest. */
export interface PromptFile {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
}

export interface Workspace {
  readonly root: string;
  readonly config: Config;
  readonly fit: readonly Prompt[];
  readonly evaluate: readonly Prompt[];
  readonly files: readonly PromptFile[];
  readonly problems: readonly Problem[];
}

/** Largest prompt file that is read whole, in bytes. */
const maxFileBytes = 512 * 1024 * 1024;

const skippedFolders = new Set(['node_modules', '.git', '.alphasteer']);

/** @throws {HumanError} no `alphasteer.json`, or errors in it (each is told to `report` first) */
export async function loadConfig(root: string, report: (problem: Problem) => void): Promise<ParsedConfig & { config: Config }> {
  const file = join(root, configFileName);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new HumanError({
      file,
      message: `There is no ${configFileName} in this folder.`,
      fix: 'Run in a workspace that has one, or start from the one of examples/quickstart.',
    });
  });
  const parsed = parseConfig(text, file);
  const [first, ...rest] = parsed.problems;
  if (parsed.config) return { ...parsed, config: parsed.config };
  rest.forEach(report);
  throw new HumanError(first ?? { file, message: 'The file cannot be used.', fix: 'Mend it.' });
}

/**
 * Reads `alphasteer.json` and the prompt files it names. A bad row is among the problems and the good ones go on.
 * A file named under both `fit` and `evaluate` counts as `evaluate`.
 * @param limit at most so many rows of each file, from its start
 * @throws {HumanError} no usable configuration
 */
export async function loadWorkspace(root: string, report: (problem: Problem) => void, limit?: number): Promise<Workspace> {
  const { config, place } = await loadConfig(root, report);
  const problems: Problem[] = [];
  const files = new Map</* path from root */ string, PromptFile>();
  const everyFile = await listPromptFiles(root);

  const read = async (part: 'fit' | 'evaluate'): Promise<Prompt[]> => {
    const prompts: Prompt[] = [];
    for (const [i, entry] of config.prompts[part].entries()) {
      const matching = everyFile.filter(picomatch(entry.files.replace(/^\.\//, '')));
      if (matching.length === 0) {
        problems.push({
          severity: 'error',
          file: join(root, configFileName),
          ...place(['prompts', part, i, 'files']),
          message: `No prompt file matches "${entry.files}".`,
          fix: 'Correct the path, or add the file.',
        });
      }
      for (const file of matching) {
        if (files.has(file)) continue;
        const parsed = await readPromptFile(root, file, entry);
        const kept = parsed.prompts.slice(0, limit);
        files.set(file, { file, sha256: parsed.sha256, rows: kept.length });
        problems.push(...parsed.problems);
        prompts.push(...kept);
      }
    }
    return prompts;
  };

  const evaluate = await read('evaluate');
  const fit = await read('fit');
  const unique = uniqueIds([...fit, ...evaluate]);
  problems.push(...unique.problems);
  return {
    root,
    config,
    fit: unique.prompts.slice(0, fit.length),
    evaluate: unique.prompts.slice(fit.length),
    files: [...files.values()],
    problems,
  };
}

/** One prompt file of a workspace. */
export async function readPromptFile(
  root: string,
  file: string,
  entry: Omit<PromptFilesEntry, 'files'> = {},
): Promise<{ prompts: readonly Prompt[]; problems: readonly Problem[]; sha256: string }> {
  const path = resolve(root, file);
  const { size } = await stat(path);
  if (size > maxFileBytes) {
    const fix = 'Split it into several files.';
    return { prompts: [], problems: [{ severity: 'error', file, message: `The file is too large (${size} bytes).`, fix }], sha256: '' };
  }
  const bytes = await readFile(path);
  return { ...parsePromptFile(file, bytes.toString('utf8'), entry), sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Every prompt file below `root`, as paths with `/`, sorted. Links that lead out of the folder are not followed. */
async function listPromptFiles(root: string): Promise<string[]> {
  const real = await realpath(root);
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
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
  return found.sort();
}
