import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedJson } from '../../../../../src/core/report/html/embed-json.ts';
import { escapeHtml } from '../../../../../src/core/report/html/escape-html.ts';
import { html, markup } from '../../../../../src/core/report/html/markup.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      'script',
      '/',
      'img onerror=',
      '\u0000',
      '\u001b',
      '\r',
      '\ud800',
      '-->',
      'a',
    ),
  }),
);

describe('escapeHtml', () => {
  it('leaves no character that HTML would act on', () => {
    fc.assert(fc.property(hostile, (text) => !/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/.test(escapeHtml(text))));
  });

  it('leaves no control character but line end and tab, and no half surrogate', () => {
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u;
    fc.assert(fc.property(hostile, (text) => !control.test(escapeHtml(text))));
  });

  it('keeps what a reader sees', () => {
    const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
    const printable = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(printable, (text) => {
        expect(escapeHtml(text).replace(/&[a-z#0-9]+;/g, (entity) => entities[entity]!)).toBe(text);
      }),
    );
  });

  it('shows control characters as pictures', () => {
    expect(escapeHtml('a\u0000\u001b[31m\r\nb\rc')).toBe('a␀␛[31m\nb␍c');
  });
});

describe('html', () => {
  it('escapes every value but HTML', () => {
    const page = html`<p title="${'"'}">${'<b>'}${html`<i>${1}</i>`}${['<', html`<br />`]}</p>`;
    expect(markup(page)).toBe('<p title="&quot;">&lt;b&gt;<i>1</i>&lt;<br /></p>');
  });
});

describe('embedJson', () => {
  it('holds no tag and reads back as the value', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = embedJson({ text });
        expect(json).not.toContain('<');
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
