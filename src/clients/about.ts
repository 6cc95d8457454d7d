import type { Result } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { About } from './clients.ts';
import { decodeJson, fieldsOf, textOf } from './decode.ts';
import type { Send } from './http.ts';

type Database = 'mimir' | 'loki' | 'tempo';

/** Source: apis.md 7: Mimir wraps its answer as Prometheus does, the other two do not. */
const BUILD_INFO: Readonly<Record<Database, string>> = {
  mimir: '/api/v1/status/buildinfo',
  loki: '/loki/api/v1/status/buildinfo',
  tempo: '/api/status/buildinfo',
};
const SERVICES: Readonly<Record<Database, string>> = {
  mimir: '/services',
  loki: '/services',
  tempo: '/status/services',
};

/** What the databases say of themselves, whoever asks. */
export const makeAbout = (sends: Readonly<Record<Database, Send>>): About => ({
  version: (backend, tenant: Tenant | null, signal, part): Promise<Result<string>> =>
    sends[backend](
      {
        component: part === undefined ? backend : `${backend}/${part}`,
        path: BUILD_INFO[backend],
        params: [],
        tenant,
        decode: (text) =>
          decodeJson(text, (answer) => {
            const version = textOf((fieldsOf(answer.data) ?? answer).version);
            return version ? { ok: true, value: version } : { ok: false, said: 'a build info without a version' };
          }),
      },
      signal,
    ),
  services: (backend, signal): Promise<Result<string>> =>
    sends[backend](
      {
        component: backend,
        path: SERVICES[backend],
        params: [],
        tenant: null,
        headers: { accept: 'application/json' },
        decode: (text) => ({ ok: true, value: text }),
      },
      signal,
    ),
});
