import { clean } from '../domain/text.ts';
import { rfc3339OfUnix } from '../domain/time.ts';
import type { Answer, Page } from './answer.ts';
import { sayExtras } from './extras.ts';
import { gridOf } from './grid.ts';

/** The answer as Markdown for a chat or an issue. Foreign text cannot become a link, an image or HTML in it. */
export function printMarkdown(answer: Answer, page: Pick<Page, 'utc'>): string {
  const { view, loaded, tenants, atUnix } = answer;
  const head = `**${view.id}** · ${tenants.map(inert).join(', ')} · ${rfc3339OfUnix(atUnix)}`;
  const notes = [loaded.note, loaded.rows.length === 0 ? loaded.because : undefined].flatMap((text) =>
    text === undefined ? [] : [inert(text)],
  );
  const extras = (view.summary?.(loaded) ?? sayExtras(loaded.extras)).map(
    ([name, text]) => `- ${inert(name)}: ${inert(text)}`,
  );
  const parts = [[head], notes, extras, loaded.rows.length === 0 ? [] : tableOf(answer, page)];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

function tableOf(answer: Answer, page: Pick<Page, 'utc'>): readonly string[] {
  const grid = gridOf(answer, { utc: page.utc });
  const marks = grid.rows.some(({ marked }) => marked);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const titles = grid.columns.map(({ title }) => inert(title));
  const rules = grid.columns.map(({ alignRight }) => (alignRight ? '---:' : '---'));
  const rows = grid.rows.map(({ cells, marked }) => {
    const texts = cells.map(({ text }) => indented(text));
    return line(marks ? [marked ? '▸' : '', ...texts] : texts);
  });
  return [line(marks ? ['', ...titles] : titles), line(marks ? ['---', ...rules] : rules), ...rows];
}

/** Space in front means depth in a waterfall, and Markdown would drop it. */
const indented = (text: string): string => {
  const bare = text.trimStart();
  return '&nbsp;'.repeat(text.length - bare.length) + inert(bare);
};

/** Letters of other meaning are escaped; `@` and `://` lose their power to call somebody or to become a link. */
const inert = (text: string): string =>
  clean(text)
    .replaceAll('&', '&amp;')
    .replace(/[\\`*_[\]<>|~#!]/g, (found) => (found === '<' ? '&lt;' : found === '>' ? '&gt;' : `\\${found}`))
    .replace(/(?<=\w)\\_(?=\w)/g, '_')
    .replace(/@(?=\w)/g, '&#64;')
    .replace(/:\/\//g, '&#58;//');
