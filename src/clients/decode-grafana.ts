import type { Dashboard, DashboardPanel } from '../domain/dashboards.ts';
import { decodeJson, each, type Fields, fieldsOf, holdsAny, map, parseJson, textOf } from './decode.ts';
import type { Decoded } from './decoded.ts';

/** What a search tells of a dashboard: not its queries. */
export interface DashboardFound {
  readonly uid: string;
  readonly title: string;
  readonly folder?: string;
}

/** `api/search`: a bare list; folders have no queries and are left out. */
export function decodeFound(text: string): Decoded<readonly DashboardFound[]> {
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  if (!Array.isArray(parsed.value)) return { ok: false, said: 'no list of dashboards where it was promised' };
  return map(
    each(parsed.value, 'dashboards', (item) => fieldsOf(item)),
    (list) => list.flatMap(foundOf),
  );
}

function foundOf(fields: Fields): readonly DashboardFound[] {
  const [uid, title, folder] = [textOf(fields.uid), textOf(fields.title), textOf(fields.folderTitle)];
  if (uid === undefined || uid === '' || fields.type === 'dash-folder') return [];
  return [{ uid, title: title ?? uid, ...(folder ? { folder } : {}) }];
}

/** Of a dashboard's model these keys hold queries, whatever its schema. */
const QUERY_KEYS = new Set(['expr', 'query', 'definition', 'rawSql', 'q']);
/** No dashboard is nested deeper. */
const DEPTH_MAX = 24;

/**
 * `api/dashboards/uid/UID`: panels, rows within rows, variables and annotations, each with its queries.
 *
 * Walked by key, so that the old schema (`panels`, `rows`) and the new one (`elements`, `spec`) are read alike.
 */
export const decodeDashboard = (text: string): Decoded<Pick<Dashboard, 'panels'>> =>
  decodeJson(text, (answer) =>
    holdsAny(answer, 'dashboard')
      ? { ok: true, value: { panels: panelsIn(answer.dashboard) } }
      : { ok: false, said: 'no dashboard where it was promised' },
  );

/** `api/library-elements`: panels that dashboards only name, by uid. */
export const decodeLibrary = (text: string): Decoded<ReadonlyMap<string, DashboardPanel>> =>
  decodeJson(text, (answer) =>
    map(
      each(fieldsOf(answer.result)?.elements, 'library panels', (item) => fieldsOf(item)),
      (list) =>
        new Map(
          list.flatMap((fields): [string, DashboardPanel][] => {
            const uid = textOf(fields.uid);
            const queries = panelsIn(fields.model).flatMap((panel) => panel.queries);
            return uid === undefined ? [] : [[uid, { title: textOf(fields.name) ?? '', queries }]];
          }),
        ),
    ),
  );

type Growing = { title: string; queries: string[]; library?: string };

function panelsIn(model: unknown): readonly DashboardPanel[] {
  const whole: Growing = { title: '', queries: [] };
  const found: Growing[] = [whole];
  walk(model, whole, found, 0);
  return found.filter(({ queries, library }) => queries.length > 0 || library !== undefined);
}

function walk(value: unknown, panel: Growing, found: Growing[], depth: number): void {
  if (depth > DEPTH_MAX) return;
  if (Array.isArray(value)) for (const item of value) walk(item, panel, found, depth + 1);
  const fields = fieldsOf(value);
  if (fields === undefined) return;
  const own = panelOf(fields, panel, found, depth);
  for (const [key, inner] of Object.entries(fields)) {
    if (typeof inner !== 'string') walk(inner, own, found, depth + 1);
    else if (QUERY_KEYS.has(key)) own.queries.push(inner);
  }
}

/** What has a title or is a library panel is a panel of its own; all else belongs to what it stands in. */
function panelOf(fields: Fields, panel: Growing, found: Growing[], depth: number): Growing {
  const title = textOf(fields.title);
  const library = textOf(fieldsOf(fields.libraryPanel)?.uid);
  if (depth === 0 || (title === undefined && library === undefined)) return panel;
  const own: Growing = { title: title ?? '', queries: [], ...(library === undefined ? {} : { library }) };
  found.push(own);
  return own;
}
