import { readAddress } from './provider-address.rules.js';

describe('D-kms: the address of a key provider', () => {
  it.each([
    ['/run/kek', { kind: 'file', file: '/run/kek' }],
    ['file:/run/kek', { kind: 'file', file: '/run/kek' }],
    [
      'vault:https://vault:8200/team/transit/gatehouse',
      { kind: 'vault', url: 'https://vault:8200', mount: 'team/transit', name: 'gatehouse' },
    ],
    [
      'vault:http://127.0.0.1:8200/transit/k',
      { kind: 'vault', url: 'http://127.0.0.1:8200', mount: 'transit', name: 'k' },
    ],
    [
      'awskms:eu-central-1/arn:aws:kms:eu-central-1:1:key/2',
      { kind: 'awskms', region: 'eu-central-1', keyId: 'arn:aws:kms:eu-central-1:1:key/2' },
    ],
    [
      'gcpkms:projects/p/locations/l/keyRings/r/cryptoKeys/k',
      { kind: 'gcpkms', name: 'projects/p/locations/l/keyRings/r/cryptoKeys/k' },
    ],
  ])('%s', (address, expected) => expect(readAddress(address)).toEqual(expected));

  it.each([
    ...['vault:vault/transit/k', 'vault:https://vault', 'vault:http://vault:8200/transit/k'],
    ...['vault:http://127.0.0.1.evil.example/transit/k', 'awskms:alias', 'gcpkms:projects/p/cryptoKeys/k'],
  ])('%s is none, and it is told what one looks like', (address) =>
    expect(() => readAddress(address)).toThrow(/^write /),
  );
});
