import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/prompts/split/seeded-random.ts';
import { alphasteer, startAlphasteer, workerPid, type Started } from '../alphasteer.ts';
import { tinyWorkspace, writeTinyWorkspace } from '../tiny-workspace.ts';

const prompts = 1_500;

const runs = (root: string): string[] =>
  readdirSync(join(root, '.alphasteer/runs')).map((run) => join(root, '.alphasteer/runs', run));

const stateOf = (run: string): string =>
  (JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8')) as { state: string }).state;

/** What a fit leaves to steer with and to report, byte for byte; its manifest also says when it was made. */
function result(run: string): Record<string, string> {
  const files = readdirSync(run).filter((name) => name !== 'manifest.json');
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(run, name)).toString('base64')]));
}

function workspace(): string {
  const root = tinyWorkspace();
  writeTinyWorkspace(root, prompts);
  return root;
}

/** A busy machine starts it late. */
async function startedWorker({ child }: Started): Promise<number> {
  for (;;) {
    const pid = workerPid(child);
    if (pid !== undefined) return pid;
    if (child.exitCode !== null) throw new Error('The command line ended without a process of the model.');
    await delay(5);
  }
}

/** Kills a process; false where it has just ended by itself. */
function killProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

test('a fit killed at random points and run again leaves the bytes of one that was never killed', async () => {
  const whole = workspace();
  const start = performance.now();
  expect(alphasteer('fit', whole, '--threads', '1').status).toBe(0);
  const took = performance.now() - start;
  const want = result(runs(whole)[0]!);
  expect(Object.keys(want).length).toBeGreaterThan(2);

  const random = seededRandom(7);
  const root = workspace();
  let killed = 0;
  for (let kill = 0; kill < 6; kill++) {
    const fit = startAlphasteer('fit', root, '--threads', '1');
    const early = fit.ended.then(() => true);
    const worker = await startedWorker(fit);
    // Where it died before, less is left to do: the later kills may come too late, and then the fit is done.
    if (await Promise.race([early, delay(((0.15 + 0.8 * random()) * took) / (1 + kill / 2)).then(() => false)])) break;
    if (!killProcess(worker)) {
      await fit.ended;
      break;
    }
    expect((await fit.ended).stderr).toContain('ended by SIGKILL');
    killed += 1;
  }
  expect(killed).toBeGreaterThan(0);
  expect(alphasteer('fit', root, '--threads', '1').status).toBe(0);
  // A kill just before the process would have ended leaves a run that is whole; the same command then makes another.
  for (const run of runs(root)) {
    expect(stateOf(run)).toBe('fitted');
    expect(result(run)).toEqual(want);
  }
}, 300_000);
