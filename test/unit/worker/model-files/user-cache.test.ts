import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { userCache } from '../../../../src/worker/model-files/user-cache.ts';

test('the cache is where XDG_CACHE_HOME says, and in the home folder where it says nothing or no absolute path', () => {
  expect(userCache('models', { XDG_CACHE_HOME: '/c' })).toBe('/c/alphasteer/models');
  const home = join(homedir(), '.cache/alphasteer/models');
  for (const env of [{}, { XDG_CACHE_HOME: '' }, { XDG_CACHE_HOME: 'cache' }])
    expect(userCache('models', env)).toBe(home);
});
