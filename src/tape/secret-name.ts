/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** The end of a name whose value is a secret: `DB_PASSWORD`, `bearer_token`, `X-Api-Key`. */
export const SECRET_NAME = `(?:${[
  'pass(?:word|wd|phrase)',
  'pwd',
  'secret',
  'token',
  'api[-_ ]?key',
  'apikey',
  'access[-_]?key(?:[-_]?id)?',
  'account[-_]?key',
  'secret[-_]?key',
  'private[-_]?key',
  'encryption[-_]?key',
  'signing[-_]?key',
  'credentials?',
  'authorization',
  'cookie',
  'dsn',
  'connection[-_]?string',
].join('|')})`;

const ENDS_SECRET = new RegExp(`${SECRET_NAME}$`, 'i');

export const isSecretName = (name: string): boolean => ENDS_SECRET.test(name);
