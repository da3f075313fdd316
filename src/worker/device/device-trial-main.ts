/**
 * The process of a device trial: one request, one answer. A provider may end its process or hang in it, and what it says
 * of its troubles it often says on stderr alone; the worker must survive the one and can read the other.
 */
import { HumanError } from '../../core/problem.ts';
import { runTrial, type TrialRequest } from './device-trial.ts';
import { keepHalvesAsBits } from '../session/float16.ts';
import type { TrialAnswer } from './try-device.ts';

keepHalvesAsBits();
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
process.once('message', (request: TrialRequest) => {
  const answer = (given: TrialAnswer): void => void process.send!(given, () => process.exit(0));
  runTrial(request).then(
    (numbers) => answer({ numbers }),
    (error: unknown) => answer({ error: inWords(error), tooSlow: false }),
  );
});

/** A provider's error on one line, without the place in its source and the condition that did not hold. */
function inWords(error: unknown): string {
  const message =
    error instanceof HumanError ? error.problem.message : error instanceof Error ? error.message : String(error);
  return message
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replace(/\/onnxruntime_src\/.* was false\. /, '');
}
