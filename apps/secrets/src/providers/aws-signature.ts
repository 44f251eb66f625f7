import { createHash, createHmac } from 'node:crypto';

/** Who signs a request to AWS. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface AwsRequest {
  url: string;
  region: string;
  service: string;
  body: string;
  headers: Record<string, string>;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The headers of a POST with its signature (AWS Signature Version 4). */
export function signedHeaders(request: AwsRequest, who: AwsCredentials, at: Date): Record<string, string> {
  const { host, pathname } = new URL(request.url);
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: Record<string, string> = {
    ...request.headers,
    host,
    'x-amz-date': time,
    ...(who.sessionToken ? { 'x-amz-security-token': who.sessionToken } : {}),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    'POST',
    pathname,
    '',
    ...names.map((name) => `${name}:${headers[name]!.trim()}`),
    '',
    names.join(';'),
    sha256(request.body),
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${request.region}/${request.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [...scope.split('/')].reduce<string | Buffer>((k, part) => hmac(k, part), `AWS4${who.secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const { host: _host, ...sent } = headers;
  const said = `Credential=${who.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...sent, authorization: `AWS4-HMAC-SHA256 ${said}` };
}
