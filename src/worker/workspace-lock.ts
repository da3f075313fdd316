import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from './job.ts';

/** Milliseconds between two looks whether a lock is free. */
const pause = 500;

/**
 * Does a job that writes below a folder's `.alphasteer` while no other process does: two at once would make the same replies
 * twice and mix their comparisons in one log. The command line and an editor may work on one folder, and the process of a
 * window that was reloaded may still be about to end.
 * @throws {CancelledError} while it waits
 */
export async function aloneIn<T>(workspace: string, job: Job, work: () => Promise<T>): Promise<T> {
  const release = await lockWorkspace(workspace, async () => {
    job.progress({ phase: 'Wait for another job in this folder', done: 0, total: 1, unit: 'jobs' });
    await job.checkpoint();
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/**
 * Waits until no other process of this machine has the folder's lock, and takes it. The lock is an address that is listened
 * at, not a file as that of `lockFolder`: the system frees it with its process, however that ends, and one that computes for
 * minutes on end, with no turn to give a sign of life, still has it. What runs on another machine that shares the folder is not seen.
 * @param waiting called at each look that finds it taken; what it throws ends the waiting
 * @returns gives the lock back
 */
export async function lockWorkspace(root: string, waiting: () => Promise<void>): Promise<() => Promise<void>> {
  // A folder that is not there is the job's to tell of.
  const path = await realpath(root).catch(() => root);
  const address = addressOf(createHash('sha256').update(path).digest('hex').slice(0, 32));
  for (;;) {
    const server = await listen(address);
    if (server !== undefined) return () => new Promise((resolve) => server.close(() => resolve()));
    if (isFile && !(await answers(address))) await rm(address, { force: true });
    else await waiting();
    await delay(pause);
  }
}

/** Linux and Windows have names that are no files. Elsewhere a socket's file outlives a process that is killed. */
const isFile = process.platform !== 'linux' && process.platform !== 'win32';

function addressOf(name: string): string {
  if (process.platform === 'linux') return `\0alphasteer-${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\alphasteer-${name}` : join(tmpdir(), `alphasteer-${name}.sock`);
}

/** Undefined where somebody listens there already. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server.unref()));
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
