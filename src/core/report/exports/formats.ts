/** What a run can be saved as, in the order it is offered. */
export const exportFormats = [
  { id: 'html', of: 'replies', name: 'Report', detail: 'HTML, complete in itself', extension: 'html' },
  { id: 'csv', of: 'replies', name: 'Replies', detail: 'CSV: a row a prompt and condition', extension: 'csv' },
  { id: 'json', of: 'replies', name: 'Numbers', detail: 'JSON: rates, intervals, tests, layers', extension: 'json' },
  { id: 'junit', of: 'replies', name: 'Test results', detail: 'JUnit XML: a test case a prompt', extension: 'xml' },
  {
    id: 'sarif',
    of: 'replies',
    name: 'Findings',
    detail: 'SARIF: failing prompts, with file and line',
    extension: 'sarif',
  },
  {
    id: 'safetensors',
    of: 'steering',
    name: 'Steering',
    detail: 'safetensors: w and r of each layer',
    extension: 'safetensors',
  },
  {
    id: 'authors',
    of: 'steering',
    name: 'Authors’ matrices',
    detail: 'PyTorch: w rᵀ as [layers, d, d], for the paper’s code',
    extension: 'pt',
  },
] as const;

export type ExportFormat = (typeof exportFormats)[number];
