import { execFileSync } from 'node:child_process';

/** Builds what these tests run, `dist/cli.js` and `dist/worker.js`, once before all of them. */
export function setup(): void {
  execFileSync(process.execPath, ['build/esbuild.mjs']);
}
