import { expect, test } from 'vitest';
import { isHubId } from '../../../src/core/hub-id.ts';

test('only an owner and a name are an id', () => {
  expect(['onnx-community/Qwen2.5-0.5B-Instruct', 'a/b'].every(isHubId)).toBe(true);
  expect(['model', '../b', 'a/../b', 'a/b/c', '/a/b', 'a/b..c', '.a/b'].some(isHubId)).toBe(false);
});
