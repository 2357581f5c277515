import { parseUrl } from './parse-url.ts';
import { loopback } from './settings.ts';

/** A trusted origin, read. */
export type OriginPattern =
  | {
      readonly kind: 'host' | 'below';
      readonly scheme: 'http' | 'https';
      /** Host and port as `URL.host` writes them; port `*` is any. */
      readonly host: string;
      readonly anyPort: boolean;
      readonly loopback: boolean;
    }
  | {
      readonly kind: 'custom';
      readonly scheme: string;
      /** Empty: every origin of the scheme. */
      readonly host: string;
    };

const allowed =
  "allowed are 'https://app.example.com', 'https://*.example.com', 'chrome-extension://<id>' and 'myapp://'";

/** Schemes that a browser runs or reads itself, or whose origin it sends as `null`. */
const unsafeScheme =
  /^(about|blob|content|data|file|filesystem|ftp|intent|jar|javascript|mailto|resource|vbscript|view-source|wss?)$/;

const extensionScheme = /^[a-z]+(-web)?-extension$/;

/** Names under which anybody can have a host: a wildcard there trusts everybody. A sample of https://publicsuffix.org, not all. */
export const sharedSuffix =
  /^((ac|co|com|edu|gov|go|gob|ne|net|or|org)\.[a-z]{2}|(.+\.)?(amazonaws\.com|on\.aws|cloudfront\.net|amplifyapp\.com|awsapprunner\.com|elasticbeanstalk\.com|azurewebsites\.net|azurestaticapps\.net|web\.app|firebaseapp\.com|run\.app|appspot\.com|github\.io|gitlab\.io|githubpreview\.dev|pages\.dev|workers\.dev|vercel\.app|now\.sh|netlify\.app|herokuapp\.com|onrender\.com|fly\.dev|railway\.app|replit\.app|surge\.sh|ngrok\.io|ngrok\.app|ngrok-free\.app|trycloudflare\.com|loca\.lt|nip\.io|sslip\.io))$/;

/** Reads a trusted origin. Returns why it is refused, in words that follow it, when it is none. */
export function parseOriginPattern(origin: string): OriginPattern | string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(\*\.)?([^/*?#@\\\s]*?)(:\*)?$/.exec(origin);
  if (!match) return `is not an origin; ${allowed}`;
  const [, scheme, wildcard, authority, anyPort] = match as unknown as [string, string, string?, string?, string?];
  if (scheme === 'https' || scheme === 'http') return webPattern(scheme, authority ?? '', wildcard, anyPort);
  if (wildcard || anyPort) return `has a wildcard, which is for https; ${allowed}`;
  return customPattern(scheme, authority ?? '');
}

function webPattern(scheme: 'http' | 'https', authority: string, wildcard?: string, anyPort?: string) {
  const url = parseUrl(`${scheme}://${authority}`);
  if (!url) return 'has no valid host';
  const { host, hostname } = url;
  // Compared to the letter with what browsers send, which is always the normal form.
  if (host !== authority) return `is not in normal form; write '${scheme}://${wildcard ?? ''}${host}${anyPort ?? ''}'`;
  if (hostname.endsWith('.')) return `ends with a dot; write '${scheme}://${wildcard ?? ''}${hostname.slice(0, -1)}'`;
  if (wildcard) {
    if (!hostname.includes('.')) return "has a wildcard over a whole top level; allowed is 'https://*.example.com'";
    if (/^[\d.]+$/.test(hostname)) return "has a wildcard over an address; allowed is 'https://*.example.com'";
    if (sharedSuffix.test(hostname)) {
      return `has a wildcard over '${hostname}', where anybody can have a host; allowed are single hosts there`;
    }
  }
  if (anyPort && (wildcard || !loopback.test(hostname))) {
    return "has a wildcard for its port, which is for the loopback in stage 'dev'; allowed is 'http://localhost:*'";
  }
  return {
    kind: wildcard ? 'below' : 'host',
    scheme,
    host,
    anyPort: anyPort !== undefined,
    loopback: loopback.test(hostname),
  } as const;
}

function customPattern(scheme: string, host: string): OriginPattern | string {
  if (unsafeScheme.test(scheme)) return `has a scheme that is never an app's; ${allowed}`;
  if (extensionScheme.test(scheme) && host === '') {
    return `trusts every browser extension; name yours: '${scheme}://<id>'`;
  }
  if (!/^[a-z0-9._:-]*$/.test(host))
    return `has '${host}' after its scheme; allowed are a-z, 0-9, '.', '_', ':' and '-'`;
  return { kind: 'custom', scheme, host };
}
