import { createHmac } from 'node:crypto';
import type { AuditOptions } from './audit-options.ts';

/** How an event tells whose e-mail address was given. */
export interface LoggedEmail {
  readonly email_hash: string;
  readonly email_addr?: string;
}

/** @param key keys the hash that stands for the address, so that logs can be searched but not read back */
export function loggedEmail(email: string, key: string, shown: AuditOptions['email']): LoggedEmail {
  const address = email.trim().toLowerCase();
  const email_hash = createHmac('sha256', key).update(address).digest('base64url');
  // People type passwords into the wrong field: only what is an address is shown.
  if (shown === 'hash' || shown === undefined || !looksLikeAddress.test(address)) return { email_hash };
  return { email_hash, email_addr: shown === 'masked' ? masked(address) : address };
}

const looksLikeAddress = /^[^\s@]{1,64}@[^\s@]+\.[^\s@.]+$/;

/** `ada@example.com` becomes `a***@example.com`. */
const masked = (address: string): string => address.replace(/^(.).+(?=@)|^.(?=@)/, '$1***');
