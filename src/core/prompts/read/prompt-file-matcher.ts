import picomatch from 'picomatch';
import type { Config } from '../../config.ts';
import type { Place } from '../../formats/lines.ts';
import type { Problem } from '../../problem.ts';
import type { PromptFileOptions } from './parse-prompt-file.ts';

/** What `alphasteer.json` says of a file: what it is for, the entry that says so, and how to read it. */
export interface PromptFileRole {
  readonly part: 'fit' | 'evaluate';
  /** Index of the entry in its list. */
  readonly entry: number;
  readonly options: PromptFileOptions;
}

export interface PromptFile extends PromptFileRole {
  readonly file: string;
}

/**
 * The role of a file, by its path from the workspace folder with `/`; null when no entry names it. The first entry that
 * matches decides, and `evaluate` goes before `fit`: a file kept for evaluation is never fitted on, however wide the
 * globs of the fit are.
 */
export function promptFileMatcher(prompts: Config['prompts']): (path: string) => PromptFileRole | null {
  const roles = (['evaluate', 'fit'] as const).flatMap((part) =>
    prompts[part].map(({ files, ...options }, entry) => ({
      role: { part, entry, options },
      matches: globMatcher(files),
    })),
  );
  return (path) => roles.find(({ matches }) => matches(path))?.role ?? null;
}

/**
 * The prompt files among all paths of a workspace: entry by entry, fit first, and by path within an entry, so that the
 * order doesn't hang on the file system. An entry that gets no file is a problem at its place in `alphasteer.json`.
 */
export function matchPromptFiles(
  prompts: Config['prompts'],
  paths: readonly string[],
  configFile: string,
  place: (path: readonly (string | number)[]) => Place,
): { files: PromptFile[]; problems: Problem[] } {
  const roleOf = promptFileMatcher(prompts);
  const matched = [...paths].sort(byCodeUnit).flatMap((file) => {
    const role = roleOf(file);
    return role === null ? [] : [{ file, ...role }];
  });
  const files: PromptFile[] = [];
  const problems: Problem[] = [];
  for (const part of ['fit', 'evaluate'] as const)
    prompts[part].forEach((entry, index) => {
      const own = matched.filter((file) => file.part === part && file.entry === index);
      files.push(...own);
      if (own.length > 0) return;
      const taken = paths.some(globMatcher(entry.files));
      problems.push({
        severity: 'error',
        file: configFile,
        ...place(['prompts', part, index, 'files']),
        message: taken
          ? `Every file of "${entry.files}" belongs to an entry before it, or to "evaluate".`
          : `No file of the workspace matches "${entry.files}".`,
        fix: taken
          ? 'Narrow the other entry, or take this one out.'
          : 'Correct the path, which counts from the workspace folder.',
      });
    });
  return { files, problems };
}

/** Globs without extended patterns: those can take exponential time, and nobody needs them to name prompt files. */
function globMatcher(glob: string): (path: string) => boolean {
  const matches = picomatch(glob.replace(/^\.\//, ''), { windows: false, noextglob: true, nonegate: true });
  return (path) => matches(path);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
