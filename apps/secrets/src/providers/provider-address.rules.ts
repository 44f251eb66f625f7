/** Where a key is held, as the configuration writes it. */
export type ProviderAddress =
  | { kind: 'file'; file: string }
  | { kind: 'vault'; url: string; mount: string; name: string }
  | { kind: 'awskms'; region: string; keyId: string }
  | { kind: 'gcpkms'; name: string };

const GCP_KEY = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

/** @throws RangeError that says what the address should look like */
export function readAddress(address: string): ProviderAddress {
  const [, scheme, rest = ''] = /^(file|vault|awskms|gcpkms):(.*)$/s.exec(address) ?? [];
  if (scheme === 'vault') return vault(rest);
  if (scheme === 'awskms') return aws(rest);
  if (scheme === 'gcpkms') return gcp(rest);
  return { kind: 'file', file: scheme === 'file' ? rest : address };
}

function vault(rest: string): ProviderAddress {
  const [, url, mount, name] = /^(https?:\/\/[^/]+)\/(.+)\/([^/]+)$/.exec(rest) ?? [];
  if (!url || !mount || !name) throw new RangeError('write vault:https://<host>:8200/<mount>/<key>');
  return { kind: 'vault', url, mount, name };
}

function aws(rest: string): ProviderAddress {
  const [, region, keyId] = /^([a-z0-9-]+)\/(.+)$/.exec(rest) ?? [];
  if (!region || !keyId) throw new RangeError('write awskms:<region>/<key id, alias/<name> or ARN>');
  return { kind: 'awskms', region, keyId };
}

function gcp(rest: string): ProviderAddress {
  if (!GCP_KEY.test(rest)) {
    throw new RangeError('write gcpkms:projects/<p>/locations/<l>/keyRings/<r>/cryptoKeys/<k>');
  }
  return { kind: 'gcpkms', name: rest };
}
