import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * A folder of this program in the user's cache, which outlives workspaces: XDG_CACHE_HOME, unless it is empty or relative, as
 * the XDG Base Directory Specification has it.
 */
export function userCache(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const cache = env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'alphasteer', name);
}
