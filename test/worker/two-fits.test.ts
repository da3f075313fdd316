import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { lockWorkspace } from '../../src/worker/workspace-lock.ts';
import { alphasteer, startAlphasteer } from './alphasteer.ts';
import { tinyWorkspace } from './tiny-workspace.ts';

const never = (): Promise<void> => Promise.reject(new Error('The lock is taken.'));

test.each(['fit', 'compare'])(
  '%s waits for another process that writes in the folder',
  { timeout: 60_000 },
  async (name) => {
    const root = tinyWorkspace();
    if (name === 'compare') expect(alphasteer('fit', root).status).toBe(0);
    const release = await lockWorkspace(root, never);
    const { ended } = startAlphasteer(name, root);
    expect(await Promise.race([ended.then(() => 'ended'), delay(6_000, 'waits')])).toBe('waits');
    await release();
    expect((await ended).status).toBe(0);
  },
);
