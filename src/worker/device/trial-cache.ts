import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'onnxruntime-node';
import * as z from 'zod';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import type { Device } from '../session/devices.ts';
import { driverStamp } from './driver-stamp.ts';
import { shortHash } from '../model-files/short-hash.ts';
import { userCache } from '../model-files/user-cache.ts';

/** Raised when a trial runs or is judged otherwise. */
const version = 3;

/** Milliseconds for which a failure is believed: it may have been a passing one, such as a card's memory in use. */
const failureLasts = 24 * 60 * 60 * 1000;

const verdictSchema = z.object({
  works: z.boolean(),
  speed: z.number(),
  detail: z.string(),
  fix: z.string().optional(),
  nodes: z.record(z.string(), z.number()).optional(),
});
export type CachedVerdict = z.infer<typeof verdictSchema>;

/**
 * Verdicts of trials, one file each, so that a model is tried once for each machine, device, state of its drivers and number of
 * threads; one that failed, also once a day.
 */
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
  const file = async (device: Device): Promise<string> => {
    const machine = [env.versions.node, process.platform, process.arch, await driverStamp(process.env)];
    return join(folder, `${shortHash([version, ...machine, fingerprint, threads ?? 0, device])}.json`);
  };
  return {
    read: async (device) => {
      try {
        const path = await file(device);
        const verdict = verdictSchema.parse(JSON.parse(await readFile(path, 'utf8')));
        return verdict.works || Date.now() - (await stat(path)).mtimeMs < failureLasts ? verdict : undefined;
      } catch {
        return undefined; // not there, or not whole: the trial is made again
      }
    },
    // A cache that can't be written costs the next start a trial, and nothing else.
    write: async (device, verdict) => {
      await writeFileWhole(await file(device), JSON.stringify(verdict)).catch(() => undefined);
    },
  };
}
