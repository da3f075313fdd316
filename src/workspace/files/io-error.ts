import { HumanError } from '../../core/problem.ts';

const causes: Record<string, readonly [message: string, fix: string]> = {
  EACCES: ['No permission', 'Give yourself access to it, or work in a copy of the workspace.'],
  EPERM: ['Not permitted', 'Give yourself access to it, or work in a copy of the workspace.'],
  EROFS: ['The file system is read-only', 'Work in a copy of the workspace, or write to another folder (--out).'],
  ENOSPC: ['The disk is full', 'Free some space and run the command again: it goes on where it stopped.'],
  EDQUOT: ['Your disk quota is used up', 'Free some space and run the command again: it goes on where it stopped.'],
  ENOTDIR: ['A part of the path is a file, not a folder', 'Check the path.'],
  EISDIR: ['Expected a file, found a folder', 'Check the path.'],
  ENOENT: ['No such file or folder', 'Check the path.'],
  EMFILE: ['Too many files are open', 'Close other programs or raise the limit (ulimit -n).'],
};

/** An operating system's refusal as an error for people, or undefined where `error` is something else. */
export function humanIoError(error: unknown): HumanError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const cause = causes[error.code];
  if (!cause) return undefined;
  const file = 'path' in error && typeof error.path === 'string' ? { file: error.path } : {};
  return new HumanError({ ...file, message: `${cause[0]} (${error.code}).`, fix: cause[1] });
}

/** Whether an error is the operating system's refusal by one of these names, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** For `catch`: an error of a file that is open does not say which; this adds the path and throws it on. */
export function withPath(path: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error && 'code' in error && !('path' in error)) Object.assign(error, { path });
    throw error;
  };
}
