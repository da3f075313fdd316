import { defineConfig } from 'vitest/config';

// A configuration of its own: it packs the extension, and the other lanes run from what packing replaces (dist/).
export default defineConfig({
  test: {
    include: ['test/vscode/ui/**/*.test.ts'],
    fileParallelism: false,
    globalSetup: 'test/vscode/ui/set-up.ts',
    reporters: ['default', ['./test/tally-reporter.ts', { outputFile: 'test-results/installed.json' }]],
  },
});
