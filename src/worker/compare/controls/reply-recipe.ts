import { refusingSystemPrompt } from '../../../core/controls/system-prompt.ts';
import { shortHash } from '../../model-files/short-hash.ts';
import type { FittedControl } from './fitted-control.ts';

/**
 * What decides a control's replies beside prompt and strength, hashed. How the strength was chosen is no part of it: under
 * other rules of the judge the replies stay.
 */
export function replyRecipe({ steering, chosen }: Pick<FittedControl, 'steering' | 'chosen'>): string {
  const { layers, w, r, thresholds } = steering;
  const bytes = [w, r, thresholds].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  );
  return shortHash([layers, bytes, chosen.push === 'none' ? refusingSystemPrompt : chosen.push]);
}
