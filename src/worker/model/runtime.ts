import { availableParallelism } from 'node:os';
import { env } from 'onnxruntime-node';
import type { Software } from '../../core/evaluation/data/run-origin.ts';
import { version } from '../../core/version.ts';

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
