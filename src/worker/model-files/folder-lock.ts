import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, withPath } from '../../workspace/files/io-error.ts';
import { makeFolder } from '../../workspace/files/make-folder.ts';

/** Milliseconds between two signs of life of a lock's owner. */
const beat = 1_000;
/** So many looks, a beat apart, that find no new sign mean that the owner is dead. Looks and not time: a machine may sleep. */
const looksUntilDead = 10;

/** A lock that was taken. */
export interface FolderLock {
  /** Whether it is ours yet: who stands still for long enough is taken for dead. */
  readonly held: () => boolean;
  readonly release: () => Promise<void>;
}

/**
 * Waits until no other process has the lock, and takes it. Its file says whose it is, with a count that goes up as long as
 * that process lives. A process id would tell of a death at once, but not on another machine that shares the folder.
 * @param waiting called at each look that finds it taken; what it throws ends the waiting
 */
export async function lockFolder(file: string, waiting: () => Promise<void>): Promise<FolderLock> {
  await makeFolder(dirname(file));
  let last = '';
  let looks = 0;
  for (;;) {
    const lock = await take(file);
    if (lock) return lock;
    const sign = await readSign(file);
    looks = sign === last ? looks + 1 : 0;
    last = sign;
    if (looks >= looksUntilDead) await removeDead(file, sign);
    await waiting();
    await delay(beat);
  }
}

async function take(file: string): Promise<FolderLock | undefined> {
  const handle = await open(file, 'wx').catch((error: unknown) => {
    if (hasCode(error, 'EEXIST')) return undefined;
    throw error;
  });
  if (!handle) return undefined;
  const owner = randomUUID();
  let beats = 0;
  let held = true;
  const sign = async (): Promise<void> => {
    await handle.write(`${owner} ${beats++}`, 0).catch(withPath(file));
    held = (await readSign(file)).startsWith(owner);
  };
  await sign().catch(async (error: unknown) => {
    await handle.close();
    await rm(file, { force: true });
    throw error;
  });
  let signed = Promise.resolve();
  const heart = setInterval(() => {
    signed = signed.then(sign).catch(() => void (held = false));
  }, beat);
  return {
    held: () => held,
    release: async () => {
      clearInterval(heart);
      await signed;
      await handle.close();
      if ((await readSign(file)).startsWith(owner)) await rm(file, { force: true });
    },
  };
}

/** Takes a dead process's lock away. Several may try: whoever moves the file has it, and gives a live one back. */
async function removeDead(file: string, sign: string): Promise<void> {
  const moved = `${file}.${randomUUID()}`;
  const mine = await rename(file, moved).then(
    () => true,
    () => false,
  );
  if (!mine) return;
  if ((await readSign(moved)) !== sign) await link(moved, file).catch(() => undefined);
  await rm(moved, { force: true });
}

/** Empty where there is no lock. */
async function readSign(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
