/** Where prompt files may be, for the editor's searches: by the endings that `isPromptFile` knows. */
export const promptFileGlob = '**/*.{jsonl,json,csv,txt}';
