import { defineConfig } from 'vitest/config';

// A configuration of its own: it packs the extension, and the other lanes run from what packing replaces (dist/).
export default defineConfig({
  test: {
    include: ['test/vscode/ui/**/*.test.ts'],
    fileParallelism: false,
    reporters: ['default', ['json', { outputFile: 'test-results/installed.json' }]],
  },
});
