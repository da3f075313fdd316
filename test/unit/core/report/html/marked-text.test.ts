import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markedText } from '../../../../../src/core/report/html/marked-text.ts';

const joined = ({ pieces }: ReturnType<typeof markedText>) => pieces.map(({ text }) => text).join('');

describe('markedText', () => {
  it('marks the span', () => {
    expect(markedText('no, sorry', [4, 9], 100)).toEqual({
      pieces: [
        { text: 'no, ', marked: false },
        { text: 'sorry', marked: true },
      ],
      cut: 0,
    });
  });

  it('loses no character: pieces and cut make the text, whatever the span', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.integer(),
        fc.integer({ min: 1, max: 50 }),
        (text, from, to, limit) => {
          const marked = markedText(text, [from, to], limit);
          expect(text.startsWith(joined(marked))).toBe(true);
          expect(joined(marked).length + marked.cut).toBe(text.length);
        },
      ),
    );
  });

  it('cuts a megabyte to its limit', () => {
    const { pieces, cut } = markedText('x'.repeat(1_000_000), null, 1200);
    expect(pieces).toEqual([{ text: 'x'.repeat(1200), marked: false }]);
    expect(cut).toBe(998_800);
  });

  it('keeps a span in sight that stands a little behind the limit', () => {
    const { pieces } = markedText(`${'x'.repeat(110)}sorry${'y'.repeat(900)}`, [110, 115], 100);
    expect(pieces.at(-1)).toEqual({ text: 'sorry', marked: true });
  });

  it('splits no surrogate pair', () => {
    expect(joined(markedText('a😀b', null, 2))).toBe('a');
  });
});
