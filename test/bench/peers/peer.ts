import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Done, Task } from './task.ts';

/** A process that does tasks one at a time, its model loaded. */
export interface Peer {
  run(task: Task): Promise<Done>;
  stop(): Promise<void>;
}

/** @throws {Error} when it ends before it is ready, or during a task */
export async function startPeer(command: string, ...args: string[]): Promise<Peer> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close');
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done) throw new Error(`${command} ${args.join(' ')} ended (its own words are above).`);
    return line.value;
  };
  while ((await next()) !== 'ready');
  return {
    run: async (task) => {
      child.stdin.write(`${JSON.stringify(task)}\n`);
      return JSON.parse(await next()) as Done;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
