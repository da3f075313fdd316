import type { Manifest } from '../../workspace/runs/run-folder.ts';

/** The name a run goes by: the one it was given, else when it was begun. */
export function runName({ manifest }: { readonly manifest: Manifest }): string {
  if (typeof manifest['name'] === 'string') return manifest['name'];
  return new Date(manifest.created).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
