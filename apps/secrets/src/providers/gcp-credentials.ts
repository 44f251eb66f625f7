import { createPrivateKey, sign } from 'node:crypto';
import fs from 'node:fs';
import { isPrivateUrl } from '#boot';
import { askProvider, textIn, unavailable } from './provider-request.js';
import { Renewed, type Lease } from './renewed.js';

/** The key of a service account in a file, or none: then the machine's metadata server is asked. */
export interface GcpIdentity {
  credentialsFile: string;
  metadataUrl: string;
  timeoutMs: number;
}

const SCOPE = 'https://www.googleapis.com/auth/cloudkms';
const EARLY_MS = 120_000;

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Access tokens for Google Cloud, taken anew before they end. */
export class GcpTokenSource {
  private readonly access = new Renewed(() => this.take());

  constructor(
    private readonly provider: string,
    private readonly who: GcpIdentity,
  ) {}

  /** @throws Refusal `unavailable` */
  token(): Promise<string> {
    return this.access.get();
  }

  private async take(): Promise<Lease<string>> {
    const { status, body } = this.who.credentialsFile ? await this.byKey() : await this.byMachine();
    if (status !== 200) throw unavailable(this.provider, `the access token was refused with ${status}`);
    const life = typeof body.expires_in === 'number' ? body.expires_in * 1_000 : EARLY_MS;
    return { value: textIn(this.provider, body, 'access_token'), until: Date.now() + life - EARLY_MS };
  }

  private byMachine() {
    const url = `${this.who.metadataUrl}/computeMetadata/v1/instance/service-accounts/default/token`;
    return askProvider(this.provider, {
      method: 'GET',
      url,
      headers: { 'metadata-flavor': 'Google' },
      timeoutMs: this.who.timeoutMs,
    });
  }

  /** RFC 7523. */
  private byKey() {
    const { client_email, private_key, token_uri } = this.account();
    if (!isPrivateUrl(token_uri)) throw unavailable(this.provider, 'its credentials name a token endpoint without TLS');
    const iat = Math.floor(Date.now() / 1_000);
    const claims = { iss: client_email, scope: SCOPE, aud: token_uri, iat, exp: iat + 3_600 };
    const input = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`;
    const signature = sign('sha256', Buffer.from(input), createPrivateKey(private_key)).toString('base64url');
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: `${input}.${signature}` };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams(form).toString();
    return askProvider(this.provider, { method: 'POST', url: token_uri, headers, body, timeoutMs: this.who.timeoutMs });
  }

  private account(): { client_email: string; private_key: string; token_uri: string } {
    try {
      return JSON.parse(fs.readFileSync(this.who.credentialsFile, 'utf8')) as ReturnType<GcpTokenSource['account']>;
    } catch {
      throw unavailable(this.provider, 'its credentials cannot be read');
    }
  }
}
