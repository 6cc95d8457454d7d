import type { Answer, Format, Page } from './answer.ts';
import { printCsv } from './csv.ts';
import { printJson } from './json.ts';
import { printMarkdown } from './markdown.ts';
import { printText } from './text.ts';

/** One answer in one format. `again`: it follows others of its kind, as with `--watch`. */
export function print(
  answer: Answer,
  format: Format,
  page: Page,
  how: { readonly watch: boolean; readonly again: boolean },
): string {
  switch (format) {
    case 'json':
      return printJson(answer, how.watch);
    case 'csv':
      return printCsv(answer, !how.again);
    case 'markdown':
      return (how.again ? '\n' : '') + printMarkdown(answer, page);
    case 'text':
      return (how.again ? '\n' : '') + printText(answer, page);
  }
}
