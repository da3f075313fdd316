/** The letters of a text, lower case, and nothing else: what is left of a request however it is spaced, quoted or hyphenated. */
export function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, '');
}

/**
 * The letters a prompt may spell: as it stands, from right to left, and those of each Base64 run of at least 16
 * characters that decodes to UTF-8.
 */
export function spelledLetters(text: string): string[] {
  const plain = lettersOf(text);
  const decoded = [...text.matchAll(/[A-Za-z0-9+/_-]{16,}/g)].flatMap(([run]) => {
    const letters = lettersOf(decodeBase64(run) ?? '');
    return letters === '' ? [] : [letters];
  });
  return [plain, Array.from(plain).reverse().join(''), ...decoded];
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The text of a Base64 run (either alphabet, without its padding); undefined when the bytes are not UTF-8. */
function decodeBase64(run: string): string | undefined {
  let bits = 0;
  let held = 0;
  let bytes = '';
  for (const digit of run.replaceAll('-', '+').replaceAll('_', '/')) {
    held = ((held << 6) | alphabet.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += `%${((held >> bits) & 0xff).toString(16).padStart(2, '0')}`;
  }
  try {
    return decodeURIComponent(bytes);
  } catch {
    return undefined;
  }
}
