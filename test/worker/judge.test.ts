import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CompareResult, JudgeResult } from '../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf, startAlphasteer, type Ended } from './alphasteer.ts';
import { readLines, tinyWorkspace } from './tiny-workspace.ts';

let root: string;
let run: string;
let server: Server;
let url: string;
let questions: number;
let failAfter: number;

beforeEach(async () => {
  root = tinyWorkspace();
  expect(alphasteer('fit', root).status).toBe(0);
  ({ run } = JSON.parse(alphasteer('compare', root, '--json').stdout) as CompareResult);
  questions = 0;
  failAfter = Infinity;
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      questions++;
      if (questions > failAfter) response.writeHead(401).end();
      else response.end(JSON.stringify({ choices: [{ message: { content: questions % 5 === 0 ? 'Hmm <b>' : 'C' } }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(() => server.close());

function judge(...options: string[]): Promise<Ended> {
  return startAlphasteer('judge', run, '--workspace', root, '--json', ...options).ended;
}

test('nothing is sent unless it is asked for', async () => {
  const ended = await judge('--endpoint', url, '--name', 'm');
  expect(ended.stderr).toContain(`would be sent to ${url}`);
  expect([ended.status, questions]).toEqual([130, 0]);
  expect((await judge('--endpoint', url)).status).toBe(2);
});

test('goes on where it stopped, and the report tells of both judges', async () => {
  const options = ['--endpoint', url, '--name', 'm', '--yes'];
  failAfter = 8;
  const stopped = await judge(...options);
  expect(problemsOf(stopped)).toEqual([expect.stringContaining('declines with status 401')]);
  expect(readLines(join(run, 'second-verdicts.jsonl'))).toHaveLength(8);
  failAfter = Infinity;
  const ended = await judge(...options);
  expect(problemsOf(ended)).toEqual([]);
  const { second, reused, made } = JSON.parse(ended.stdout) as JudgeResult;
  expect(reused).toBe(8);
  expect(second.asked).toBe(reused + made);
  expect(second.unclear).toBeGreaterThan(0);
  const report = readFileSync(join(run, 'report.html'), 'utf8');
  expect(report).toContain('A second judge');
  expect(report).toContain('How good the judge is');
  const asked = questions;
  expect(JSON.parse((await judge(...options)).stdout)).toMatchObject({ made: 0, second });
  expect(questions).toBe(asked);
});

test('a local model whose context is too short for the question is told of as one', async () => {
  const ended = await judge('--local');
  expect(problemsOf(ended)).toEqual([
    expect.stringMatching(/^error: The question to a judge has \d+ tokens, more than/),
  ]);
  expect(questions).toBe(0);
});
