import { rfc3339OfUnix } from '../domain/time.ts';
import { formatDuration } from '../domain/units.ts';
import type { View } from '../views/view.ts';
import type { ConsoleState, Frame } from './model.ts';

type Where = Pick<ConsoleState, 'scope' | 'time' | 'context'>;
type Shown = Pick<Frame, 'params' | 'filter'>;

/** A word as the shell reads it, quoted only where it must be. */
const quoted = (text: string): string => (/^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The same screen as a command of the shell; undefined where a part of it has no flag. */
export function shellLink(view: View<unknown>, { params }: Shown, { scope, time }: Where): string | undefined {
  if (view.consoleOnly) return undefined;
  const words: string[] = [];
  const { argument, flags = [] } = view;
  for (const [param, value] of Object.entries(params)) {
    if (param === 'tenant') continue;
    const flag = flags.find((each) => each.param === param);
    if (param === argument?.param) words.unshift(quoted(value));
    else if (flag) words.push(flag.value === undefined ? `--${flag.flag}` : `--${flag.flag} ${quoted(value)}`);
    else return undefined;
  }
  const tenants = params.tenant === undefined ? scope : [params.tenant];
  return [
    'lgtm-tui',
    view.id,
    ...words,
    ...tenants.map((tenant) => `--tenant ${quoted(tenant)}`),
    ...(time.windowSeconds === undefined ? [] : [`--since ${formatDuration(time.windowSeconds)}`]),
    ...(time.live ? [] : [`--at ${rfc3339OfUnix(time.endUnix)}`]),
  ].join(' ');
}

/** The same screen for the command line of the console; undefined where it takes more than an argument and a tenant. */
export function consoleLink(view: View<unknown>, { params, filter }: Shown, where: Where): string | undefined {
  const { tenant = where.scope.length === 1 ? where.scope[0] : undefined, ...rest } = params;
  const others = Object.keys(rest).filter((param) => param !== view.argument?.param);
  const argument = view.argument && rest[view.argument.param];
  if (others.length > 0 || where.scope.length > 1 || argument?.includes(' ')) return undefined;
  return [
    `:${view.id}`,
    ...(argument === undefined ? [] : [argument]),
    ...(tenant === undefined ? [] : [tenant]),
    ...(filter === '' ? [] : [`/${filter}`]),
    `@${where.context.replaceAll(', ', ',')}`,
  ].join(' ');
}
