import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CancelledError } from '../../src/core/cancelled.ts';
import { openModel } from '../../src/worker/model/model.ts';
import { checkStrengthZero } from '../../src/worker/model/strength-zero.ts';
import { tinyWorkspace } from './tiny-workspace.ts';

test('a check of strength 0 that is stopped releases both of its sessions, each of which holds the weights', async () => {
  const path = join(tinyWorkspace(), 'model');
  const model = await openModel({ path, dtype: 'fp32', device: 'cpu', threads: 1 });
  const create = vi.spyOn(InferenceSession, 'create');
  onTestFinished(() => create.mockRestore());
  const released: boolean[] = [];
  const stop = async (): Promise<never> => {
    for (const [i, { value }] of create.mock.results.entries()) {
      const release = vi.spyOn((await value) as InferenceSession, 'release');
      release.mockImplementation(() => Promise.resolve(void (released[i] = true)));
    }
    throw new CancelledError();
  };
  await expect(checkStrengthZero(model, { checkpoint: stop })).rejects.toThrow(CancelledError);
  expect(released).toEqual([true, true]);
});
