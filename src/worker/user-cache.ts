import { homedir } from 'node:os';
import { join } from 'node:path';

/** A folder of this program in the user's cache, which outlives workspaces (XDG_CACHE_HOME). */
export function userCache(name: string, env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'alphasteer', name);
}
