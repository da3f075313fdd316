import { createInterface } from 'node:readline';
import type { Done, Task } from './task.ts';

export type Answer = Omit<Done, 'seconds' | 'processor'>;

/** Answers tasks until stdin ends; `run` is timed. */
export async function serve(run: (task: Task) => Promise<Answer>): Promise<void> {
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const task = JSON.parse(line) as Task;
    const processor = process.cpuUsage();
    const start = performance.now();
    const answer = await run(task);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(processor);
    console.log(JSON.stringify({ seconds, processor: (user + system) / 1e6, ...answer } satisfies Done));
  }
}
