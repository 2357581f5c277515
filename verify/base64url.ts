const alphabet = /^[\w-]+$/;
/** What may end a text of 4n+2 or 4n+3 characters: the bits that encode nothing are zero there. */
const endings: Record<number, RegExp> = { 0: /./, 2: /[AQgw]$/, 3: /[AEIMQUYcgkosw048]$/ };

/**
 * Is it base64url without padding (RFC 4648 section 5), and the only way to write its bytes? Decoders ignore the last bits, so that
 * a signature would have several spellings.
 */
export function isBase64url(text: string): boolean {
  return alphabet.test(text) && (endings[text.length % 4]?.test(text) ?? false);
}

/** What base64url stands for, one character a byte. Throws when it is not base64url. */
export const decodeBinary = (base64url: string): string => atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that base64url stands for. Throws when it is not UTF-8. */
export const decodeText = (base64url: string): string =>
  utf8.decode(Uint8Array.from(decodeBinary(base64url), (character) => character.charCodeAt(0)));
