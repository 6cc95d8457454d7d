/**
 * A URL is shown, saved and copied: its password is taken out where it is read. Also one with a bare `/` in it, which
 * makes it no URL.
 *
 * Source: net/url URL.Redacted; Prometheus names its queues that way, and the two are compared.
 */
export const withoutPassword = (url: string): string =>
  url.replace(/^((?:[a-z][a-z0-9+.-]*:\/\/)?[^:/?#@[]*):(?:[^/?#]*|(?!\d*[/?#])[\s\S]*)@/i, '$1:xxxxx@');
