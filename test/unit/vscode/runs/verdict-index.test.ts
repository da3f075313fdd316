import { expect, test } from 'vitest';
import { questionKey } from '../../../../src/core/prompts/prompt.ts';
import { reportRows } from '../../../../src/core/evaluation/replies/report-rows.ts';
import { indexVerdicts } from '../../../../src/vscode/runs/verdict-index.ts';
import { reply } from '../../core/report/reply.ts';

const earlier = [{ role: 'system', content: 'Be brief.' }] as const;

const index = indexVerdicts(
  reportRows(
    [
      reply({ id: 'a', prompt: 'first', condition: 'base', verdict: 'complied' }),
      reply({ id: 'a', prompt: 'first', condition: 'steered', verdict: 'partial' }),
      reply({ id: 'a', prompt: 'first', condition: 'steered', verdict: 'refused' }),
      reply({ id: 'a', prompt: 'first', condition: 'base-again', verdict: 'degenerate' }),
      reply({ id: 'b', prompt: 'second', condition: 'base', verdict: 'complied' }),
      reply({ id: 'd', prompt: 'first', earlier, condition: 'steered', verdict: 'partial' }),
    ],
    0.3,
  ),
);

test('a prompt has its last verdict under base and under steered, and no other condition counts', () => {
  expect(index.of({ id: 'a', text: 'first' })).toEqual({
    question: questionKey({ text: 'first' }),
    base: 'complied',
    steered: 'refused',
  });
  expect(index.of({ id: 'b', text: 'second' })).toEqual({
    question: questionKey({ text: 'second' }),
    base: 'complied',
    steered: undefined,
  });
});

test('a prompt that was moved to another line is found by its text', () => {
  expect(index.of({ id: 'prompts/x.txt:9', text: 'first' })?.steered).toBe('refused');
});

test('a prompt that was changed is found by its id, with the text that was asked', () => {
  expect(index.of({ id: 'a', text: 'first, changed' })?.question).toBe(questionKey({ text: 'first' }));
});

test('the same prompt after another chat is another question', () => {
  expect(index.of({ id: 'prompts/x.txt:9', text: 'first', earlier })).toMatchObject({
    base: undefined,
    steered: 'partial',
  });
});

test('a prompt that was never asked has none', () => {
  expect(index.of({ id: 'c', text: 'third' })).toBeUndefined();
});
