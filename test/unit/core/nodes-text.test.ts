import { expect, test } from 'vitest';
import { nodesText } from '../../../src/core/nodes-text.ts';

test('nodes are counted by provider, and what is not known is said', () => {
  expect(nodesText({ CPUExecutionProvider: 8, WebGpuExecutionProvider: 76 })).toBe('; nodes: 76 WebGpu, 8 CPU');
  expect(nodesText({})).toBe('; which nodes ran where is not known: its profile names none');
  expect(nodesText(undefined)).toBe('');
});
