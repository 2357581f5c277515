import { parseUrl } from './parse-url.ts';
import { loopback } from './settings.ts';

/**
 * What is wrong with a URL that tokens or keys are to be sent to or fetched from, in words that follow its name; undefined when
 * nothing is. It must be absolute, https (http on the loopback only), and without credentials, a query or a fragment.
 */
export function secureUrlProblem(value: unknown): string | undefined {
  const shown = JSON.stringify(String(value).slice(0, 100));
  const url = parseUrl(String(value));
  if (!url) {
    return `is ${shown}, which is not a URL; allowed is an absolute one, such as 'https://auth.example.com'`;
  }
  const { protocol, hostname, username, password, search, hash } = url;
  if (protocol !== 'https:' && !(protocol === 'http:' && loopback.test(hostname))) {
    return `is ${shown}; it must use https; http is allowed on the loopback only`;
  }
  return username || password || search || hash ? 'must not carry credentials, a query or a fragment' : undefined;
}
