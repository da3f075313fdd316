import { realpath, stat } from 'node:fs/promises';
import nodePath, { dirname, join, type PlatformPath } from 'node:path';
import type { SourcePlace } from '../../core/report/exports/sarif.ts';
import { readIfThere } from '../files/read-if-there.ts';

/** The parts of `node:path` that tell one system from another. */
type PathRules = Pick<PlatformPath, 'resolve' | 'relative' | 'isAbsolute' | 'sep'>;

/** Such a file holds a path. */
const maxGitFile = 1 << 16;

/**
 * The top folder of the git repository that holds `folder`, links resolved, as `git rev-parse --show-toplevel` says it; of a
 * worktree or submodule its own. Undefined where no repository holds it.
 */
export async function repositoryRoot(folder: string): Promise<string | undefined> {
  for (let at = await realpath(folder); ; at = dirname(at)) {
    if (await isGit(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** A repository's folder, which has a HEAD, or the file of a worktree or submodule that says where that folder is. */
async function isGit(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return (await stat(join(path, 'HEAD')).catch(() => undefined))?.isFile() ?? false;
  if (found?.isFile() !== true || found.size > maxGitFile) return false;
  return (await readIfThere(path))?.toString().startsWith('gitdir: ') === true;
}

/**
 * Where the prompt files of a workspace lie for a reader of the repository: by their paths from its root, or from the
 * workspace where it is in no repository. A file outside of that keeps its whole path.
 */
export async function sourcePlaces(workspace: string): Promise<(file: string) => SourcePlace> {
  const real = await realpath(workspace);
  const root = (await repositoryRoot(real)) ?? real;
  return (file) => sourcePlace(root, real, file);
}

/** @param file from `workspace`, as runs say it: with slashes on every system */
export function sourcePlace(root: string, workspace: string, file: string, rules: PathRules = nodePath): SourcePlace {
  const whole = rules.resolve(workspace, file);
  const inside = rules.relative(root, whole);
  const isOutside = inside === '..' || inside.startsWith(`..${rules.sep}`) || rules.isAbsolute(inside);
  return { path: (isOutside ? whole : inside).split(rules.sep).join('/'), fromRoot: !isOutside };
}
