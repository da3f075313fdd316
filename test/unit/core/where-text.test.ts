import { expect, test } from 'vitest';
import { whereText } from '../../../src/core/where-text.ts';

test('nodes are counted by provider, and what is not known is said', () => {
  expect(whereText({ nodes: { CPUExecutionProvider: 8, WebGpuExecutionProvider: 76 } })).toBe(
    '; nodes: 76 WebGpu, 8 CPU',
  );
  expect(whereText({ nodes: {} })).toBe('; which nodes ran where is not known: its profile names none');
  expect(whereText({})).toBe('');
});

test('what memory the KV cache is kept in is told after the nodes', () => {
  expect(whereText({ nodes: { WebGpuExecutionProvider: 76 }, cache: 'device' })).toBe(
    '; nodes: 76 WebGpu; KV cache on the device',
  );
  expect(whereText({ cache: 'host' })).toBe('; KV cache in host memory');
});
