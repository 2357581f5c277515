import { constants, createHash, type KeyObject, privateEncrypt, publicDecrypt, randomBytes } from 'node:crypto';

/** RSA signatures over a digest that is already computed (RFC 8017), which Node's own sign() does not take. */
export type RsaPadding = 'PKCS1_V1_5' | 'PSS';
export type RsaHash = 'sha256' | 'sha384' | 'sha512';

/** The DER of DigestInfo up to the digest (RFC 8017, section 9.2, note 1). */
const digestInfo: Record<RsaHash, string> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

export function signDigest(padding: RsaPadding, hash: RsaHash, privateKey: KeyObject, digest: Buffer): Buffer {
  if (padding === 'PKCS1_V1_5') {
    return privateEncrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, withDigestInfo(hash, digest));
  }
  const encoded = pssEncode(hash, digest, randomBytes(digest.length), modulusBytes(privateKey));
  return privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encoded);
}

export function verifyDigest(
  padding: RsaPadding,
  hash: RsaHash,
  key: KeyObject,
  digest: Buffer,
  signature: Buffer,
): boolean {
  try {
    if (padding === 'PKCS1_V1_5') {
      const message = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
      return message.equals(withDigestInfo(hash, digest));
    }
    const encoded = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
    return pssEncode(hash, digest, pssSalt(hash, encoded, digest.length), encoded.length).equals(encoded);
  } catch {
    return false;
  }
}

const withDigestInfo = (hash: RsaHash, digest: Buffer) => Buffer.concat([Buffer.from(digestInfo[hash], 'hex'), digest]);

const modulusBytes = (key: KeyObject) => (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;

/** EMSA-PSS-ENCODE (RFC 8017, section 9.1.1), with a salt as long as the digest, as KMS and JOSE have it. */
function pssEncode(hash: RsaHash, digest: Buffer, salt: Buffer, length: number): Buffer {
  const h = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
  const block = Buffer.alloc(length - h.length - 1);
  block[block.length - salt.length - 1] = 1;
  salt.copy(block, block.length - salt.length);
  const masked = xor(block, mask(hash, h, block.length));
  masked[0]! &= 0x7f;
  return Buffer.concat([masked, h, Buffer.from([0xbc])]);
}

/** The salt of an encoded message. Whether the rest is as it must be shows when it is encoded again with this salt. */
function pssSalt(hash: RsaHash, encoded: Buffer, length: number): Buffer {
  const block = encoded.subarray(0, encoded.length - length - 1);
  const h = encoded.subarray(block.length, encoded.length - 1);
  return xor(block, mask(hash, h, block.length)).subarray(block.length - length);
}

/** MGF1 (RFC 8017, appendix B.2.1). */
function mask(hash: RsaHash, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  const counter = Buffer.alloc(4);
  for (let total = 0; total < length; total += seed.length) {
    blocks.push(createHash(hash).update(seed).update(counter).digest());
    counter.writeUInt32BE(counter.readUInt32BE() + 1);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, index) => byte ^ b[index]!));
