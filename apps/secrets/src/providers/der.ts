/**
 * An ECDSA signature in DER (SEQUENCE of two INTEGERs) as `r ‖ s` of 32 bytes each, the form of JWS (RFC 7518 §3.4).
 * @throws RangeError when it is none of P-256
 */
export function joseSignature(der: Buffer): Buffer {
  let at = 2;
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new RangeError('no ECDSA signature');
  const integer = (): Buffer => {
    if (der[at] !== 0x02) throw new RangeError('no ECDSA signature');
    const bytes = der.subarray(at + 2, at + 2 + der[at + 1]!);
    at += 2 + bytes.length;
    const significant = bytes[0] === 0 ? bytes.subarray(1) : bytes;
    if (significant.length > 32) throw new RangeError('no signature of P-256');
    return Buffer.concat([Buffer.alloc(32 - significant.length), significant]);
  };
  return Buffer.concat([integer(), integer()]);
}
