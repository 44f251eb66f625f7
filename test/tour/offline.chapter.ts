import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { verifyBlob } from '#license-format';
import type { DevInfo } from '#local';
import { expect, type Teller } from './tell.js';

/** 3. The blob verifies without a network: with the library alone and with OpenSSL. */
export async function offline(dev: DevInfo, tell: Teller, blob: string): Promise<void> {
  tell.chapter('3  Offline');
  await tell.step('the verifier library accepts it, and not with a letter changed', async () => {
    const keys = dev.license_public_keys;
    const options = { now: Date.now() / 1000, product: 'datatools' };
    const verdict = await verifyBlob(blob, keys, options);
    expect(verdict.code === 'VALID', 'VALID', verdict);
    const at = blob.length - 20;
    const forged = blob.slice(0, at) + (blob[at] === 'A' ? 'B' : 'A') + blob.slice(at + 1);
    const refused = await verifyBlob(forged, keys, options);
    expect(refused.code !== 'VALID', 'a refusal', refused);
    return `${verdict.code}, then ${refused.code}`;
  });
  await tell.step('OpenSSL accepts the signature', async () => openssl(blob, dev.license_public_keys[0]!.key));
}

function openssl(blob: string, publicKey: string): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-tour-'));
  try {
    const file = (name: string, content: string | Buffer) => {
      writeFileSync(path.join(dir, name), content);
      return path.join(dir, name);
    };
    const dot = blob.indexOf('.');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    const output = execFileSync('openssl', [
      ...['pkeyutl', '-verify', '-pubin', '-rawin'],
      ...['-inkey', file('key.pem', key.export({ type: 'spki', format: 'pem' }))],
      ...['-in', file('signed', blob.slice(0, dot))],
      ...['-sigfile', file('signature', Buffer.from(blob.slice(dot + 1), 'base64url'))],
    ]);
    return output.toString().trim();
  } finally {
    rmSync(dir, { recursive: true });
  }
}
