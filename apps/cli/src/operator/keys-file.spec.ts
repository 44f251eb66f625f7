import { keyText } from './keys-file.js';

it('D-kms: the text of a key file is handed on, and bytes are in base64', () => {
  expect(keyText(Buffer.from('-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n'))).toBe(
    '-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----',
  );
  expect(keyText(Buffer.from(`${'ab'.repeat(32)}\n`))).toBe('ab'.repeat(32));
  expect(keyText(Buffer.from([0x30, 0x2e, 0x02]))).toBe('MC4C');
});

it('D-kms: a seed of 32 bytes is bytes, even when they could be read as text', () => {
  const seed = Buffer.from('abcdefghijklmnopqrstuvwxyz012345');
  expect(keyText(seed)).toBe(seed.toString('base64'));
});
