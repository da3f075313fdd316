import { learnFirstTokens, type FirstTokens } from '../../core/fit/first-token.ts';
import type { Verdict } from '../../core/judge/verdict.ts';
import { isMalicious } from '../../core/prompts/prompt.ts';
import type { FitPrompts } from './fit-prompts.ts';
import { HashMap } from './hash-map.ts';
import { shortReplies, type LabelContext } from './short-replies.ts';

/**
 * Gives the malicious prompts of all parts the verdicts of their short replies.
 * @param file as in `shortReplies`
 * @returns how many replies there are, and what they say of first tokens
 */
export async function labelPrompts(
  parts: readonly FitPrompts[],
  file: string,
  labelTokens: number,
  making: LabelContext,
): Promise<{ replies: number; firstTokens: FirstTokens }> {
  const malicious = parts.flatMap((part) => [...part].filter(({ label }) => isMalicious(label)));
  const replies = await shortReplies(file, malicious, labelTokens, making);
  const verdicts = new HashMap<Verdict>();
  const firsts = malicious.map(({ hash }) => {
    const { verdict, first } = replies.get(hash)!;
    verdicts.set(hash, verdict);
    return { token: first, refused: verdict === 'refused' };
  });
  for (const part of parts) part.setVerdicts((hash) => verdicts.get(hash));
  return { replies: malicious.length, firstTokens: learnFirstTokens(firsts) };
}
