/** What a run can be saved as, in the order it is offered. */
export const exportFormats = [
  { id: 'html', name: 'Report', detail: 'HTML, complete in itself', extension: 'html' },
  { id: 'csv', name: 'Replies', detail: 'CSV: a row a prompt and condition', extension: 'csv' },
  { id: 'json', name: 'Numbers', detail: 'JSON: rates, intervals, tests, layers', extension: 'json' },
  { id: 'junit', name: 'Test results', detail: 'JUnit XML: a test case a prompt', extension: 'xml' },
  { id: 'sarif', name: 'Findings', detail: 'SARIF: failing prompts, with file and line', extension: 'sarif' },
  { id: 'safetensors', name: 'Steering', detail: 'safetensors: w and r of each layer', extension: 'safetensors' },
] as const;

export type ExportFormat = (typeof exportFormats)[number];
