/** Texts that an attacker writes into a prompt, or a model into a reply, to break the file they end up in. */
export const hostileTexts: readonly string[] = [
  ']]></failure><!--',
  '"><script>alert(1)</script>',
  '&unknown; &#0; <!DOCTYPE x [<!ENTITY a "b">]>',
  '\u0000\u0001\u001b[31m\u007f\u0085\ufffe\uffff',
  'half a pair \ud83d and its other half \ude00',
  '../../etc/passwd %2e%2e {0} [a](file:///etc/passwd)',
  '\r\n\t ',
  'x'.repeat(100_000),
];
