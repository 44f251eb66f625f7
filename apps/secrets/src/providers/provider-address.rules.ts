/** Where a key is held, as the configuration writes it. */
export type ProviderAddress =
  | { kind: 'file'; file: string }
  | { kind: 'vault'; url: string; mount: string; name: string }
  | { kind: 'awskms'; region: string; keyId: string }
  | { kind: 'gcpkms'; name: string }
  | { kind: 'pkcs11'; modulePath: string; token: string; object: string };

const GCP_KEY = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

/** The token that opens the key goes along: in the clear to this machine only, where an agent of Vault may listen. */
const VAULT_KEY = /^(https:\/\/[^/]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?)\/(.+)\/([^/]+)$/;

/** @throws RangeError that says what the address should look like */
export function readAddress(address: string): ProviderAddress {
  const [, scheme, rest = ''] = /^(file|vault|awskms|gcpkms|pkcs11):(.*)$/s.exec(address) ?? [];
  if (scheme === 'vault') return vault(rest);
  if (scheme === 'awskms') return aws(rest);
  if (scheme === 'gcpkms') return gcp(rest);
  if (scheme === 'pkcs11') return pkcs11(rest);
  return { kind: 'file', file: scheme === 'file' ? rest : address };
}

function vault(rest: string): ProviderAddress {
  const [, url, mount, name] = VAULT_KEY.exec(rest) ?? [];
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

/** RFC 7512: attributes behind semicolons, then a query. */
function pkcs11(rest: string): ProviderAddress {
  const [path = '', query = ''] = rest.split('?', 2);
  const attributes = new Map(path.split(';').map((pair) => pairOf(pair)));
  const options = new Map(query.split('&').map((pair) => pairOf(pair)));
  const [token, object, modulePath] = [attributes.get('token'), attributes.get('object'), options.get('module-path')];
  if (!token || !object || !modulePath) {
    throw new RangeError('write pkcs11:token=<label>;object=<label>?module-path=<library>');
  }
  return { kind: 'pkcs11', token, object, modulePath };
}

const pairOf = (pair: string): [string, string] => {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))];
};
