import type { Answered, Asked } from '../domain/exchange.ts';
import type { HarEntry, HarHeader } from './entry.ts';
import { redact, redactShapes } from './redact.ts';

/** What came of one question: an answer or why there was none, or a piece of one that keeps coming. */
export type Piece = { readonly atUnix: number; readonly milliseconds: number } & (
  | { readonly answered: Answered }
  | { readonly stream: number; readonly frames: readonly (readonly [number, string])[] }
);

/** Those that decide how an answer is read, and no others: a header may be a credential, whatever it is called. */
const SENT = ['accept', 'x-loki-response-encoding-flags'];
const ANSWERED = ['content-type', 'retry-after', 'www-authenticate', 'warning', 'location'];

/**
 * One exchange as a HAR 1.2 entry, without secrets. The host is the component, never the server: a tape made by URL
 * replays through an API server.
 *
 * `known`: secrets that are looked for everywhere. What a head is read from stands before the answer: see `headOf`.
 */
export function entryOf(asked: Asked, piece: Piece, known: readonly string[]): HarEntry {
  const { component, path } = asked;
  const answered = 'answered' in piece ? piece.answered : undefined;
  const answer = answered?.ok ? answered : undefined;
  const fault = answered?.ok === false ? answered : undefined;
  return {
    // Whoever asks as nobody, to learn who decides, adds no tenant to the tape.
    ...(asked.tenant?.startsWith('lgtm-tui-') ? { _name: 'entry/nobody' } : {}),
    _component: component,
    ...(asked.identity === '' ? {} : { _identity: asked.identity }),
    _tenant: asked.tenant,
    ...('stream' in piece ? { _stream: piece.stream } : {}),
    ...(fault === undefined ? {} : { _fault: { ...faultOf(fault), said: redactShapes(fault.said, known) } }),
    startedDateTime: dateTimeOf(piece.atUnix),
    time: Math.round(piece.milliseconds * 10) / 10,
    request: {
      method: asked.method,
      url: urlOf(asked, known),
      headers: headersOf(asked.headers, SENT, known),
      ...(asked.body === undefined ? {} : { postData: { text: redactShapes(asked.body, known) } }),
    },
    response: {
      status: answer?.status ?? fault?.status ?? ('stream' in piece ? 200 : 0),
      headers: headersOf(answer?.headers ?? {}, ANSWERED, known),
      content: {
        mimeType: answer?.headers['content-type'] ?? '',
        text: answer === undefined ? '' : redact(answer.text, { component, path }, known),
      },
    },
    ...('stream' in piece
      ? { _frames: piece.frames.map(([at, text]): [number, string] => [at, redact(text, { component, path }, known)]) }
      : {}),
  };
}

const faultOf = ({ kind, status }: Extract<Answered, { ok: false }>) => ({
  kind,
  ...(status === undefined ? {} : { status }),
});

function urlOf({ component, path, params }: Asked, known: readonly string[]): string {
  const [host] = component.split(/[/:]/);
  const query = new URLSearchParams(params.map(([name, value]) => [name, redactShapes(value, known)])).toString();
  return `http://${host}${path}${query === '' ? '' : `?${query}`}`;
}

const headersOf = (
  headers: Readonly<Record<string, string>>,
  kept: readonly string[],
  known: readonly string[],
): readonly HarHeader[] =>
  kept.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [{ name, value: redactShapes(value, known) }];
  });

/** RFC 3339 with microseconds: a rate needs the difference of two of them. */
function dateTimeOf(unix: number): string {
  const micros = Math.round(unix * 1e6);
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(micros - seconds * 1e6).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
