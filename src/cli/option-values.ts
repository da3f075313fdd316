/** Values of options: each function takes what was typed, or throws what is wrong with it. */
import { InvalidArgumentError } from 'commander';
import { controlNames, type ControlName } from '../core/controls/controls.ts';

/** Any finite number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** A whole number from 0. */
export function natural(text: string): number {
  const value = number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return value;
}

/** A whole number from 1. */
export function positive(text: string): number {
  const value = natural(text);
  if (value === 0) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return value;
}

/** An address of the web, kept as it was written. */
export function webAddress(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('It must be an address that starts with https:// or http://.');
  return text;
}

/** A strength as a fit may have it: below 0 it would push towards answering. */
export function fromZero(text: string): number {
  const value = number(text);
  if (value < 0) throw new InvalidArgumentError('It must be a number from 0: the larger, the more is refused.');
  return value;
}

/** Layers such as `8,12,16`. */
export function layerNumbers(text: string): number[] {
  const layers = text.split(',').map(natural);
  if (new Set(layers).size < layers.length) throw new InvalidArgumentError('It must name each layer once.');
  return layers;
}

/** Names of controls, or `all` or `none`. */
export function controlList(text: string): ControlName[] {
  if (text === 'all') return [...controlNames];
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const known = controlNames.find((control) => control === name);
    if (known !== undefined) return known;
    throw new InvalidArgumentError(`There is no control "${name}"; there are ${controlNames.join(', ')}.`);
  });
}
