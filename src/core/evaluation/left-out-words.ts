import { count } from '../format.ts';

/** Of prompts that the model's context does not hold: none is cut, each is left out. */
export function leftOutWords(n: number, of: 'fit' | 'evaluation'): string[] {
  if (n === 0) return [];
  const [are, were] = n === 1 ? ['is', 'was'] : ['are', 'were'];
  return [
    `${count(n, 'prompt')} of the ${of} ${are} longer than the model’s context and ${were} left out: what is said here holds for shorter ones.`,
  ];
}
