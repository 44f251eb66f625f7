import fs from 'node:fs';
import type { AwsCredentials } from './aws-signature.js';
import { askProvider, unavailable } from './provider-request.js';
import { Renewed, type Lease } from './renewed.js';

/** Keys of its own, or a role that a token in a file lets it take (EKS). */
export interface AwsIdentity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  roleArn: string;
  tokenFile: string;
  stsUrl: string;
  timeoutMs: number;
}

/** Seconds before their end at which temporary credentials are taken anew. */
const EARLY = 300;

/** The credentials of requests to AWS; temporary ones are taken anew before they end. */
export class AwsCredentialSource {
  private readonly role = new Renewed(() => this.assumeRole());

  constructor(
    private readonly provider: string,
    private readonly who: AwsIdentity,
  ) {}

  /** @throws Refusal `unavailable` */
  async credentials(): Promise<AwsCredentials> {
    const { accessKeyId, secretAccessKey, sessionToken } = this.who;
    if (accessKeyId) return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    return this.role.get();
  }

  private async assumeRole(): Promise<Lease<AwsCredentials>> {
    const { roleArn, tokenFile, stsUrl, timeoutMs } = this.who;
    const body = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: 'gatehouse-secrets',
      WebIdentityToken: this.read(tokenFile),
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, text } = await askProvider(this.provider, {
      method: 'POST',
      url: stsUrl,
      headers,
      body,
      timeoutMs,
    });
    if (status !== 200) throw unavailable(this.provider, `the role was refused with ${status}`);
    const member = (name: string): string => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? '';
    const value = {
      accessKeyId: member('AccessKeyId'),
      secretAccessKey: member('SecretAccessKey'),
      sessionToken: member('SessionToken'),
    };
    return { value, until: Date.parse(member('Expiration')) - EARLY * 1_000 };
  }

  private read(file: string): string {
    try {
      return fs.readFileSync(file, 'utf8').trim();
    } catch {
      throw unavailable(this.provider, 'there are no credentials');
    }
  }
}
