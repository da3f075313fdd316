/**
 * What the worker's bundle holds in place of sharp: transformers.js asks for an image library (19 MB) as it is loaded,
 * and only its tokenizers are used here.
 */
export default function noImages(): never {
  throw new Error('This program reads no images.');
}
