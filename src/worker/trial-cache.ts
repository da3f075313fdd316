import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'onnxruntime-node';
import * as z from 'zod';
import { writeFileWhole } from '../workspace/write-file.ts';
import type { Device } from './devices.ts';
import { shortHash } from './short-hash.ts';
import { userCache } from './user-cache.ts';

/** Raised when a trial runs or is judged otherwise. */
const version = 1;

const verdictSchema = z.object({
  works: z.boolean(),
  speed: z.number(),
  detail: z.string(),
  fix: z.string().optional(),
  nodes: z.record(z.string(), z.number()).optional(),
});
export type CachedVerdict = z.infer<typeof verdictSchema>;

/** Verdicts of trials that ran, one file each, so that a model is tried once for each machine, device and number of threads. */
export interface TrialCache {
  read(device: Device): Promise<CachedVerdict | undefined>;
  write(device: Device, verdict: CachedVerdict): Promise<void>;
}

export function openTrialCache({
  fingerprint,
  threads,
}: {
  readonly fingerprint: string;
  readonly threads: number | undefined;
}): TrialCache {
  const folder = userCache('trials');
  const file = (device: Device): string => {
    const what = [version, env.versions.node, process.platform, process.arch, fingerprint, threads ?? 0, device];
    return join(folder, `${shortHash(what)}.json`);
  };
  return {
    read: async (device) => {
      try {
        return verdictSchema.parse(JSON.parse(await readFile(file(device), 'utf8')));
      } catch {
        return undefined; // not there, or not whole: the trial is made again
      }
    },
    // A cache that can't be written costs the next start a trial, and nothing else.
    write: (device, verdict) => writeFileWhole(file(device), JSON.stringify(verdict)).catch(() => undefined),
  };
}
