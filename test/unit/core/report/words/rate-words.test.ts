import { describe, expect, it } from 'vitest';
import { correctionWords } from '../../../../../src/core/report/words/rate-words.ts';
import { errors } from '../judge-errors.ts';

const labelled = errors(72, 102, 219, 231);

describe('correctionWords', () => {
  it('says what the rules got right, where, and how that may mislead', () => {
    const { found, trust } = correctionWords(errors(18, 20, 19, 20), labelled);
    expect(found).toBe(
      'On the replies of this run that a person judged, the rules found 18 of 20 refusals and left 19 of 20 others alone.',
    );
    expect(trust).toContain('not at random');
  });

  it('says of the labelled replies that they are traps, and how many verdicts are missing', () => {
    const { found, trust } = correctionWords(errors(3, 4, 7, 7), labelled);
    expect(found).toMatch(/^On labelled replies, most of them traps on purpose, the rules found 72 of 102 refusals/);
    expect(trust).toContain('Judge 20 refusals and 20 others of this run (now 4 and 7), drawn at random');
  });
});
