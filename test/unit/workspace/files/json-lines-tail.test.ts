import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JsonLinesTail } from '../../../../src/workspace/files/json-lines-tail.ts';

let folder: string;
let file: string;
let tail: JsonLinesTail<number>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alphasteer-tail-'));
  file = join(folder, 'numbers.jsonl');
  tail = new JsonLinesTail(file, (value) => (typeof value === 'number' ? value : undefined));
});
afterEach(() => rm(folder, { recursive: true }));

describe('JsonLinesTail', () => {
  it('reads each line once, as it comes', async () => {
    await writeFile(file, '1\n2\n');
    expect(await tail.read()).toEqual({ rows: [1, 2], fromStart: true });
    expect(await tail.read()).toEqual({ rows: [], fromStart: false });
    await appendFile(file, '3\n');
    expect(await tail.read()).toEqual({ rows: [3], fromStart: false });
  });

  it('waits for the rest of a line, also in the middle of a character', async () => {
    const text = new JsonLinesTail(file, (value) => (typeof value === 'string' ? value : undefined));
    const bytes = Buffer.from('"a"\n"é"\n');
    await writeFile(file, bytes.subarray(0, 6));
    expect((await text.read()).rows).toEqual(['a']);
    await appendFile(file, bytes.subarray(6));
    expect((await text.read()).rows).toEqual(['é']);
  });

  it('leaves out what is no row', async () => {
    await writeFile(file, '1\n{"torn\n"two"\n3\n');
    expect((await tail.read()).rows).toEqual([1, 3]);
  });

  it('begins again with a file that became shorter, or is gone', async () => {
    await writeFile(file, '1\n2\n3\n');
    await tail.read();
    await writeFile(file, '4\n');
    expect(await tail.read()).toEqual({ rows: [4], fromStart: true });
    await rm(file);
    expect(await tail.read()).toEqual({ rows: [], fromStart: true });
  });
});
