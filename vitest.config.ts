import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    env: { ORT_DISABLE_TELEMETRY: '1' }, // of the processes that load onnxruntime themselves
    reporters: ['default', ['./test/tally-reporter.ts', { outputFile: 'test-results/lanes.json' }]],
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'worker', include: ['test/worker/**/*.test.ts'], globalSetup: 'test/worker/build.ts', testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
      { test: { name: 'ui', include: ['test/ui/**/*.test.ts'], expect: { poll: { timeout: 10_000 } }, testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false } },
    ],
  },
});
