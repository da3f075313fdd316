import { availableParallelism } from 'node:os';
import { env } from 'onnxruntime-node';
import { version } from '../../core/version.ts';
import type { Software } from '../../workspace/runs/run-folder.ts';

/**
 * What computes here, for the record: other kernels round otherwise.
 * @param threads as asked for; onnxruntime's choice when undefined
 */
export function software(threads: number | undefined): Software {
  return {
    alphasteer: version,
    onnxruntime: env.versions.node ?? 'unknown',
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    threads: threads ?? null,
    processors: availableParallelism(),
  };
}
