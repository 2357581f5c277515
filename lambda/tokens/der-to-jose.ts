/**
 * Turns the DER signature that KMS returns for ECDSA (ANSI X9.62: SEQUENCE of two INTEGERs) into JOSE's r‖s, each part
 * `partBytes` long (RFC 7518 section 3.4). Throws on anything that is not exactly that.
 */
export function derToJose(der: Uint8Array, partBytes: number): Buffer {
  const bytes = Buffer.from(der);
  let offset = 0;
  const next = (): number => {
    const byte = bytes[offset++];
    if (byte === undefined) throw new Error('DER signature is cut short');
    return byte;
  };
  const length = (): number => {
    const first = next();
    if (first < 0x80) return first;
    // Only ES512's outer length (up to 139) needs the long form, and that with one byte.
    const long = first === 0x81 ? next() : 0;
    if (long < 0x80) throw new Error('DER length is not minimal');
    return long;
  };
  if (next() !== 0x30) throw new Error('DER signature is not a SEQUENCE');
  if (length() !== bytes.length - offset) throw new Error('DER SEQUENCE length does not match the signature');
  const parts = [0, 1].map(() => {
    if (next() !== 0x02) throw new Error('DER signature part is not an INTEGER');
    const size = length();
    const part = bytes.subarray(offset, offset + size);
    offset += size;
    const unsigned = part[0] === 0 ? part.subarray(1) : part;
    if (part.length !== size || size === 0 || unsigned.length > partBytes) {
      throw new Error(`DER signature part has ${part.length} bytes; allowed are 1 to ${partBytes}`);
    }
    return Buffer.concat([Buffer.alloc(partBytes - unsigned.length), unsigned]);
  });
  if (offset !== bytes.length) throw new Error('DER signature has bytes after its two INTEGERs');
  return Buffer.concat(parts);
}
