import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Vitest leaves one processor free by itself, which on two is half of them.
const processors = availableParallelism();

export default defineConfig({
  test: {
    env: { ORT_DISABLE_TELEMETRY: '1' }, // of the processes that load onnxruntime themselves
    reporters: ['default', ['./test/tally-reporter.ts', { outputFile: 'test-results/lanes.json' }]],
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000, maxWorkers: processors, sequence: { groupOrder: 0 } } },
      // A file spends much of its time in starts of processes that use one processor each; more than two models at once are much memory.
      { test: { name: 'worker', include: ['test/worker/**/*.test.ts'], globalSetup: 'test/worker/build.ts', testTimeout: 300_000, hookTimeout: 300_000, maxWorkers: Math.min(2, processors), sequence: { groupOrder: 1 } } },
      // One browser at a time: what is typed into a list counts as a word only if it comes quickly.
      { test: { name: 'ui', include: ['test/ui/**/*.test.ts'], expect: { poll: { timeout: 10_000 } }, testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
});
