import { count, isoMinute } from '../format.ts';
import type { RunOrigin, Software } from './data/run-origin.ts';

/** What a report says of where its numbers come from: name and value. */
export type Facts = readonly (readonly [name: string, value: string])[];

/** Where a run's numbers come from, for the end of its report: when they were made, and by what. */
export function runFacts({ created, software, compared }: RunOrigin): Facts {
  return [
    ['Fitted', madeBy(created, software)],
    ...(compared === undefined
      ? []
      : ([
          ['Compared', madeBy(compared.at, compared.software)],
          [
            'Reply length',
            `${compared.maxNewTokens} tokens at most${compared.earlyStop === true ? '; stopped early where no continuation could be refused' : ''}`,
          ],
          [
            'A/A floor',
            `base again on ${compared.floor.n} prompts, at most ${compared.floor.perKind} of a kind, each alone in its batch`,
          ],
        ] as const)),
  ];
}

function madeBy(time: string, software: Software | undefined): string {
  if (software === undefined) return isoMinute(time);
  const { alphasteer, onnxruntime, node, platform, threads, processors } = software;
  const used = `${threads === null ? 'threads as onnxruntime chose' : count(threads, 'thread')} on ${count(processors, 'processor')}`;
  return `${isoMinute(time)}, AlphaSteer ${alphasteer}, onnxruntime ${onnxruntime}, Node.js ${node}, ${platform}, ${used}`;
}
