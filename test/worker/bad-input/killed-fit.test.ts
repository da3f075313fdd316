import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/prompts/seeded-random.ts';
import { alphasteer, startAlphasteer, workerPid } from '../alphasteer.ts';
import { tinyWorkspace, writeTinyWorkspace } from '../tiny-workspace.ts';

const prompts = 1_500;

/** What a fit leaves to steer with and to report, byte for byte; its manifest also says when it was made. */
function result(root: string): Record<string, string> {
  const [run] = readdirSync(join(root, '.alphasteer/runs'));
  const folder = join(root, '.alphasteer/runs', run!);
  const files = readdirSync(folder).filter((name) => name !== 'manifest.json');
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
}

function workspace(): string {
  const root = tinyWorkspace();
  writeTinyWorkspace(root, prompts);
  return root;
}

test('a fit killed at random points and run again leaves the bytes of one that was never killed', async () => {
  const whole = workspace();
  const start = performance.now();
  expect(alphasteer('fit', whole, '--threads', '1').status).toBe(0);
  const took = performance.now() - start;
  const want = result(whole);
  expect(Object.keys(want).length).toBeGreaterThan(2);

  const random = seededRandom(7);
  const root = workspace();
  let killed = 0;
  for (let kill = 0; kill < 6; kill++) {
    const fit = startAlphasteer('fit', root, '--threads', '1');
    const early = fit.ended.then(() => true);
    // Where it died before, less is left to do: the later kills may come too late, and then the fit is done.
    if (await Promise.race([early, delay((0.15 + 0.8 * random()) * took).then(() => false)])) break;
    process.kill(workerPid(fit.child), 'SIGKILL');
    expect((await fit.ended).stderr).toContain('ended by SIGKILL');
    killed += 1;
  }
  expect(killed).toBeGreaterThan(1);
  expect(alphasteer('fit', root, '--threads', '1').status).toBe(0);
  expect(readdirSync(join(root, '.alphasteer/runs'))).toHaveLength(1);
  expect(result(root)).toEqual(want);
}, 300_000);
