/**
 * The phrases of a rules file as regular expressions. A phrase is words, matched without regard to case:
 *
 *     (a|b)     one of these, each a phrase itself       (a|b)?   or nothing
 *     ...       up to 80 characters of the same sentence
 *     ,         a comma, dash or colon, or none
 *     .         at the end: here the sentence ends
 *     '         any apostrophe, or none
 *     <name>    one of the list `words.name`
 *
 * The last word is whole unless it ends in `*`. There is no way to write a repetition, so no phrase that a user writes
 * can make matching slow: the time for one place is bounded, whatever the reply.
 *
 * @throws {Error} unbalanced parentheses, or a list that is not there
 */
export function phraseSource(phrase: string, words: PhraseWords = {}): string {
  return new PhraseParser(expand(phrase, words)).parse();
}

/** Lists that phrases name as `<name>`. */
type PhraseWords = Readonly<Record<string, readonly string[]>>;

/** Whether no match of a phrase goes on behind a full stop, exclamation or question mark: from there on, nothing changes it. */
export function endsWithSentence(phrase: string, words: PhraseWords): boolean {
  const parser = new PhraseParser(expand(phrase, words));
  parser.parse();
  return !parser.crosses;
}

function expand(phrase: string, words: PhraseWords): string {
  return phrase.replace(/<([^<>]*)>/g, (_, name: string) => {
    const list = Object.hasOwn(words, name) ? words[name] : undefined;
    if (list === undefined) throw new Error(`there is no list "${name}" among the words`);
    return `(${list.join('|')})`;
  });
}

/** Longest text that `...` stands for, in characters. */
const gapLength = 80;

/** Marks that a gap does not go over, other than a new line, which a space may be. */
const endsSentence = /[.!?。！？]/;
const gap = `[^.!?。！？\\n]{0,${gapLength}}?`;
/** Marks of Markdown count as spaces: I **cannot** help. */
const space = '[\\s*_]{1,8}';
const comma = '\\s{0,4}[,，、:：;–—-]{0,3}';
/**
 * Letters and digits of scripts with spaces, Latin and Cyrillic; Chinese and Japanese run on. As blocks: the shipped rules hold them
 * some thousand times, and with Unicode's own classes (\p{Script=Latin}, \p{Nd}) compiling the rules took a process 0.8 s
 * of processor time instead of 0.2.
 */
const wordCharacter =
  '[0-9A-Za-z\\u00aa\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u024f\\u0400-\\u052f\\u1e00-\\u1eff]';
const wordEnd = `(?!${wordCharacter})`;
const wordStart = `(?<!${wordCharacter})`;
const sentenceEnd = '\\s{0,4}(?:[.!?。！？…\\n]|$)';

class PhraseParser {
  readonly #text: string;
  #at = 0;
  /** What was read last may have been the end of a sentence. */
  #ended = false;
  /** Something stands behind the end of a sentence, or a mark that ends one within the phrase. */
  crosses = false;

  constructor(text: string) {
    this.#text = text.trim();
  }

  parse(): string {
    const source = this.#sequence();
    if (this.#at < this.#text.length) throw new Error(`")" without "("`);
    return source;
  }

  #sequence(): string {
    let source = '';
    let spaceBefore = false;
    // Nothing so far but optional groups, each of which brought the space after it.
    let atStart = true;
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!)) {
      if (this.#skipSpaces()) {
        spaceBefore = !atStart;
        continue;
      }
      const before = spaceBefore ? space : '';
      spaceBefore = false;
      this.crosses ||= this.#ended;
      if (this.#text.startsWith('...', this.#at)) {
        this.#at += 3;
        this.#skipSpaces(); // the gap takes the spaces on both sides
        source += `${gap}${/[\p{Script=Latin}\p{Script=Cyrillic}']/u.test(this.#text[this.#at] ?? '') ? wordStart : ''}`;
        atStart = false;
      } else if (this.#text[this.#at] === '(') {
        const { group, optional } = this.#group();
        const takesSpace: boolean = optional && atStart && this.#skipSpaces();
        source += optional ? `(?:${before}${group}${takesSpace ? space : ''})?` : `${before}${group}`;
        atStart &&= takesSpace;
      } else {
        source += this.#character(before);
        atStart = false;
      }
    }
    return source;
  }

  #skipSpaces(): boolean {
    const from = this.#at;
    while (this.#text[this.#at] === ' ') this.#at++;
    return this.#at > from;
  }

  #group(): { group: string; optional: boolean } {
    const options: string[] = [];
    const endedBefore = this.#ended;
    let ended = false;
    do {
      this.#at++;
      this.#ended = endedBefore;
      options.push(this.#sequence());
      ended ||= this.#ended;
    } while (this.#text[this.#at] === '|');
    this.#ended = ended;
    if (this.#text[this.#at] !== ')') throw new Error('"(" without ")"');
    this.#at++;
    const optional = this.#text[this.#at] === '?';
    if (optional) this.#at++;
    return { group: `(?:${options.join('|')})`, optional };
  }

  #character(before: string): string {
    const character = this.#text[this.#at]!;
    this.#at++;
    const last = this.#at === this.#text.length || '|)'.includes(this.#text[this.#at]!);
    if (character === '*' && last) return '';
    if (character === ',') return comma;
    if (character === '.' && last) {
      this.#ended = true;
      return sentenceEnd;
    }
    if (character === "'") return `${before}['’ʼ\`´]?`;
    this.crosses ||= endsSentence.test(character);
    const end = last || this.#text[this.#at] === ' ' || this.#text[this.#at] === ',';
    return `${before}${escaped(character)}${end ? wordEnd : ''}`;
  }
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');
}
