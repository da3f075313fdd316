/** The file that makes a folder a workspace of prompts and a model. `config.ts` reads it. */
export const configFileName = 'alphasteer.json';
