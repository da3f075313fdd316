import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alphasteer, problemsOf, startAlphasteer, workerPid, type Started } from '../alphasteer.ts';
import { promptLines, readLines, tinyWorkspace } from '../tiny-workspace.ts';

const runs = (root: string): string[] => readdirSync(join(root, '.alphasteer/runs'));

/** A workspace that is fitted, and whose compare takes some seconds: many prompts, long replies. */
function slowCompare(): { readonly root: string; readonly replies: string } {
  const root = tinyWorkspace({ evaluate: { maxNewTokens: 40 } });
  writeFileSync(join(root, 'heldout.jsonl'), promptLines('benign', 400, 'heldout'));
  expect(alphasteer('fit', root).status).toBe(0);
  return { root, replies: join(root, '.alphasteer/runs', runs(root)[0]!, 'replies.jsonl') };
}

/** Waits until a file that `find` names has a finished line; if the command ends before, the test fails with what it said. */
async function firstLines({ ended }: Started, find: () => string | undefined): Promise<string> {
  const early = ended.then(({ stderr }) => {
    throw new Error(`It ended before it was interrupted: ${stderr}`);
  });
  const waiting = async (): Promise<string> => {
    for (;;) {
      const file = find();
      if (file !== undefined && existsSync(file) && readFileSync(file, 'utf8').includes('\n')) return file;
      await Promise.race([delay(5), early]);
    }
  };
  return await waiting();
}

function wholeLines(file: string): string {
  return readFileSync(file, 'utf8').replace(/[^\n]*$/, '');
}

/** The first lines of `file` are those of `before`, and none is there twice by the fields that tell replies apart. */
function expectGoneOn(file: string, before: string, fields: readonly string[]): void {
  expect(readFileSync(file, 'utf8').startsWith(before)).toBe(true);
  const keys = readLines(file).map((line) => JSON.stringify(fields.map((field) => line[field])));
  expect(new Set(keys).size).toBe(keys.length);
}

test('compare whose model process is killed says so, keeps what is finished, and goes on when run again', async () => {
  const { root, replies } = slowCompare();
  const compare = startAlphasteer('compare', root);
  await firstLines(compare, () => replies);
  process.kill(workerPid(compare.child)!, 'SIGKILL');
  const killed = await compare.ended;
  expect(problemsOf(killed)).toEqual([
    expect.stringMatching(
      /^error: The model's process was ended by SIGKILL\. Run the command again: it goes on where it stopped, and no finished reply is lost\./,
    ),
  ]);
  expect(killed.status).toBe(1);

  const before = wholeLines(replies);
  const finished = before.split('\n').length - 1;
  const again = alphasteer('compare', root, '--json');
  expect(again.status).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ reused: finished });
  expectGoneOn(replies, before, ['id', 'condition', 'strength']);
});

test('Ctrl-C in compare ends it with status 130, and the same command makes only the missing replies', async () => {
  const { root, replies } = slowCompare();
  const compare = startAlphasteer('compare', root);
  await firstLines(compare, () => replies);
  process.kill(-compare.child.pid!, 'SIGINT');
  const stopped = await compare.ended;
  expect(problemsOf(stopped)).toEqual([]);
  expect(stopped.stderr).toContain('Stopped. Run the same command to go on where it stopped.');
  expect(stopped.status).toBe(130);

  const before = readFileSync(replies, 'utf8');
  const again = alphasteer('compare', root, '--json');
  expect(again.status).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ reused: before.split('\n').length - 1 });
  expectGoneOn(replies, before, ['id', 'condition', 'strength']);
});

test('Ctrl-C in fit ends it with status 130, and the same command goes on in the same run folder', async () => {
  const root = tinyWorkspace({ fit: { labelTokens: 40 } });
  writeFileSync(join(root, 'harmful.jsonl'), promptLines('harmful', 600));
  const cache = join(root, '.alphasteer/cache');
  const fit = startAlphasteer('fit', root);
  const labels = await firstLines(fit, () => {
    const name = existsSync(cache) ? readdirSync(cache).find((file) => file.includes('-labels-')) : undefined;
    return name && join(cache, name);
  });
  process.kill(-fit.child.pid!, 'SIGINT');
  const stopped = await fit.ended;
  expect(problemsOf(stopped)).toEqual([]);
  expect(stopped.status).toBe(130);

  const before = readFileSync(labels, 'utf8');
  const again = alphasteer('fit', root, '--json');
  expect(again.status).toBe(0);
  expectGoneOn(labels, before, ['hash']);
  expect(runs(root)).toHaveLength(1);
});
