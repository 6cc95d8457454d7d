import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answerOf, faultOf, scripted, valueIn } from './scripted.ts';
import { never } from './server.ts';

const FILE = JSON.parse(readFileSync(new URL('../fixtures/tenants-pages-recorded.json', import.meta.url), 'utf8'));

test('an ingester’s page names tenants that nobody listed, and when their newest sample was taken', async () => {
  const { clients, asked } = scripted(answerOf(FILE.answers.ingester));
  const found = valueIn(await clients.mimirAdmin.tenantsOf('ingester', never()));
  expect(found.map(({ tenant }) => tenant)).toEqual([
    'anonymous',
    'production-eu-west',
    'production-us-east',
    'staging',
  ]);
  expect(found[0]?.newestUnix).toBe(1_795_448_150.232);
  expect(asked[0]).toMatchObject({ component: 'mimir/ingester', path: '/ingester/tenants', tenant: null });
});

test('a store-gateway leaves its list out where there is none', async () => {
  const page = async (fixture: object) =>
    valueIn(await scripted(answerOf(fixture)).clients.mimirAdmin.tenantsOf('store-gateway', never()));
  expect(await page(FILE.answers['store-gateway'])).toEqual([]);
  expect(await page({ text: FILE['store-gateway-with'] })).toEqual([{ tenant: 'north' }, { tenant: 'south' }]);
});

test('another page in its place is said to be one', async () => {
  const { clients } = scripted(answerOf({ text: '{"status":"success"}' }));
  expect(faultOf(await clients.mimirAdmin.tenantsOf('ingester', never()))).toMatchObject({ kind: 'shape' });
});
