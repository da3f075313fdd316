import type { WorkerApi } from '../rpc/worker-api.ts';
import { activationsJob } from './jobs/activations-job.ts';
import { askJob } from './jobs/ask-job.ts';
import { attackJob } from './jobs/attack-job.ts';
import { compareJob } from './jobs/compare-job.ts';
import { doctorJob } from './jobs/doctor-job.ts';
import { exportOnnxJob } from './jobs/export-onnx-job.ts';
import { fitJob } from './jobs/fit-job.ts';
import { importJob } from './jobs/import-job.ts';
import { inspectJob } from './jobs/inspect-job.ts';
import { judgeJob } from './jobs/judge-job.ts';
import type { Job } from './job.ts';
import { createModelShelf } from './model/loaded-model.ts';
import { aloneIn } from './workspace-lock.ts';

/** The worker's calls, for one job each; the model stays loaded from one to the next. */
export function createWorker(): (job: Job) => WorkerApi {
  const shelf = createModelShelf();
  const resting = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      await shelf.rest();
    }
  };
  return (job) => ({
    fit: (params) => resting(aloneIn(params.workspace, job, () => fitJob(params, shelf, job))),
    compare: (params) => resting(aloneIn(params.workspace, job, () => compareJob(params, shelf, job))),
    judge: (params) => aloneIn(params.workspace, job, () => judgeJob(params, shelf, job)),
    ask: (params) => askJob(params, shelf, job),
    attack: (params) => resting(attackJob(params, shelf, job)),
    activations: (params) => activationsJob(params, shelf, job),
    exportOnnx: (params) => exportOnnxJob(params, shelf, job),
    import: (params) => importJob(params, shelf, job),
    inspect: (params) => inspectJob(params, shelf, job),
    doctor: (params) => doctorJob(params, shelf, job),
  });
}
