import fs from 'node:fs';
import type { AwsCredentials } from './aws-signature.js';
import { askProvider, unavailable } from './provider-request.js';

/** Keys of its own, or a role that a token in a file lets it take (EKS). */
export interface AwsIdentity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  roleArn: string;
  tokenFile: string;
  stsUrl: string;
}

/** Seconds before their end at which temporary credentials are taken anew. */
const EARLY = 300;

/** The credentials of requests to AWS; temporary ones are taken anew before they end. */
export class AwsCredentialSource {
  private taken?: { credentials: AwsCredentials; until: number };

  constructor(
    private readonly provider: string,
    private readonly who: AwsIdentity,
  ) {}

  /** @throws Refusal `unavailable` */
  async credentials(): Promise<AwsCredentials> {
    const { accessKeyId, secretAccessKey, sessionToken } = this.who;
    if (accessKeyId) return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    if (!this.taken || this.taken.until <= Date.now()) this.taken = await this.assumeRole();
    return this.taken.credentials;
  }

  private async assumeRole(): Promise<{ credentials: AwsCredentials; until: number }> {
    const { roleArn, tokenFile, stsUrl } = this.who;
    const body = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: 'gatehouse-secrets',
      WebIdentityToken: this.read(tokenFile),
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, text } = await askProvider(this.provider, { method: 'POST', url: stsUrl, headers, body });
    if (status !== 200) throw unavailable(this.provider, `the role was refused with ${status}`);
    const member = (name: string): string => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? '';
    const credentials = {
      accessKeyId: member('AccessKeyId'),
      secretAccessKey: member('SecretAccessKey'),
      sessionToken: member('SessionToken'),
    };
    return { credentials, until: Date.parse(member('Expiration')) - EARLY * 1_000 };
  }

  private read(file: string): string {
    try {
      return fs.readFileSync(file, 'utf8').trim();
    } catch {
      throw unavailable(this.provider, 'there are no credentials');
    }
  }
}
